/*
 * How a row change comes over the line: as one message to a channel, with the ids of those subscriptions that want it.
 */
import { expect, it } from 'vitest'
import { startRealtime } from '../../support/http/realtime.ts'

it('a change is one message to a channel, which names each subscription that wants it once', async () => {
  await using realtime = await startRealtime()
  await realtime.sql.query(`create table public.notes (id int primary key, body text);
    grant select on public.notes to anon; alter publication supabase_realtime add table public.notes`)
  const raw = await realtime.open()
  const payloadsOf = <Payload>(wanted: string) =>
    (raw.received as [unknown, unknown, string, event: string, payload: Payload][]).flatMap(
      ([, , , event, payload]) => (event === wanted ? [payload] : []),
    )
  const wishes = {
    all: { event: '*' },
    a: { event: '*', filter: 'body=eq.a' },
    likeA: { event: '*', filter: 'body=like.a%' },
    b: { event: '*', filter: 'body=eq.b' },
    updates: { event: 'UPDATE' },
    inserts: { event: 'INSERT' },
  }
  const config = {
    postgres_changes: Object.values(wishes).map((wish) => ({ ...wish, schema: 'public', table: 'notes' })),
  }
  raw.send(['1', '1', 'realtime:notes', 'phx_join', { config }])
  await expect.poll(() => payloadsOf('system')).toMatchObject([{ status: 'ok' }])
  const ids = payloadsOf<{ response: { postgres_changes: { id: number }[] } }>('phx_reply').flatMap(
    ({ response }) => response.postgres_changes.map(({ id }) => id),
  )
  const nameOf = (id: number) => Object.keys(wishes)[ids.indexOf(id)]

  await realtime.sql.query("insert into public.notes values (1, 'a'); update public.notes set body = 'b'")
  const told = () =>
    payloadsOf<{ ids: number[]; data: { record: object } }>('postgres_changes').map((payload) => [
      payload.ids.map(nameOf).toSorted(),
      payload.data.record,
    ])
  await expect.poll(told).toEqual([
    [['a', 'all', 'inserts', 'likeA'], { id: 1, body: 'a' }],
    [['all', 'b', 'updates'], { id: 1, body: 'b' }],
  ])
})
