import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { makeView } from '../../../support/dashboards/view-rows.ts'
import { service } from '../../../support/database/act.ts'
import { append, ask, finish, loseWriters, texts, usage } from '../../../support/database/agents.ts'
import { call } from '../../../support/database/call.ts'
import { untilBlocked } from '../../../support/database/open-database.ts'
import { storiesOfTwo } from '../../../support/database/stories-of-two.ts'
import { admin, member, ours, outsider, theirs } from '../../../support/people/cast.ts'

// One is in the middle of a change when another comes to the same thing. The second waits, and goes by what the first
// has left: it is refused with a registered code, finds nothing to do, or changes what is there then.

const { atOnce, sessions } = storiesOfTwo()
const one = async (client: pg.Client, sql: string, values: unknown[] = []) =>
  (await client.query(sql, values)).rows[0]

describe('an agent', () => {
  const document = { name: 'Analyst', kind: 'analyst', instructions: 'Explain.', tools: [] }
  const save = (client: pg.Client, id: string | null, version: number | null) =>
    call<{ id: string }>(client, member, 'save_agent', [ours, JSON.stringify(document), id, version])

  atOnce('that is deleted is not saved', {
    given: async (client) => (await save(client, null, null)).id,
    first: (client, id) => call(client, member, 'delete_agent', [ours, id]),
    second: (client, id) => save(client, id, 1),
    late: 'not_found',
    left: async (client, id) =>
      expect((await client.query('select from private.agents where id = $1', [id])).rowCount).toBe(0),
  })

  const settings = (client: pg.Client) =>
    call(client, admin, 'save_ai_settings', [ours, JSON.stringify({ retentionDays: 30 }), 1])
  atOnce('follows the settings of one of two', {
    given: (client) => call(client, admin, 'save_ai_settings', [ours, '{}', 0]),
    first: settings,
    second: settings,
    late: 'conflict',
  })

  const again = (client: pg.Client, key: string) => ask(client, member, { key })
  atOnce('is asked once by a click that is repeated', {
    given: async () => randomUUID(),
    first: async (client, key) => expect(await again(client, key)).toMatchObject({ isRepeated: false }),
    second: async (client, key) => expect(await again(client, key)).toMatchObject({ isRepeated: true }),
    late: 'done',
  })

  const running = (client: pg.Client) => ask(client)
  type Running = Awaited<ReturnType<typeof running>>
  const asks = (client: pg.Client, { conversationId }: Running) =>
    ask(client, member, { conversation: conversationId })
  atOnce('answers one question of a conversation at a time', {
    given: async (client) => {
      const begun = await running(client)
      await finish(client, begun)
      return begun
    },
    first: asks,
    second: asks,
    late: 'conflict',
  })

  atOnce('is asked again as soon as the answer before has ended', {
    given: running,
    first: finish,
    second: asks,
    late: 'done',
  })

  const writes = (client: pg.Client, begun: Running) => append(client, begun, 0, texts(0, 'It grew.'))
  atOnce('writes a part of an answer once', {
    given: running,
    first: writes,
    second: (client, begun) => append(client, begun, 0, texts(0, 'It fell.')),
    late: 'done',
    left: async (client, { answerId }) => {
      const parts = JSON.stringify(await call(client, member, 'answer_parts', [answerId]))
      expect(parts).toContain('It grew.')
      expect(parts).not.toContain('It fell.')
    },
  })

  const stop = (client: pg.Client, { answerId }: Running) => call(client, member, 'stop_answer', [answerId])
  atOnce('that is stopped while it writes keeps what it has written', {
    given: async (client) => {
      const begun = await running(client)
      await client.query(`update private.answers set leased_until = now() - interval '1 second'`)
      return begun
    },
    first: writes,
    second: stop,
    late: 'done',
    left: async (client) => {
      expect(await one(client, 'select status, last_sequence from private.answers')).toEqual({
        status: 'running',
        last_sequence: 1,
      })
    },
  })

  atOnce('that is asked again while it writes, as if its writer were silent, goes on', {
    given: async (client) => {
      const begun = await running(client)
      await loseWriters(client)
      return begun
    },
    first: writes,
    second: asks,
    late: 'conflict',
    left: async (client) => {
      expect(await one(client, 'select status, last_sequence from private.answers')).toEqual({
        status: 'running',
        last_sequence: 1,
      })
    },
  })

  atOnce('that ends while it is stopped has ended', {
    given: running,
    first: finish,
    second: async (client, begun) => expect(await stop(client, begun)).toMatchObject({ status: 'complete' }),
    late: 'done',
  })

  it.each([
    ['writes again goes on', 'renew_answer', 'running'],
    ['ends it has ended it', 'finish_answer', 'complete'],
  ] as const)('whose writer was silent and %s, while the job ends another’s', async (_, name, status) => {
    const { observer, first, second } = sessions()
    await observer.query('begin')
    const lost = await running(observer)
    const back = await ask(observer, outsider, { workspace: theirs })
    await loseWriters(observer)
    await observer.query('commit')
    // The job is at the first, and waits for its workspace.
    await first.query('begin')
    await first.query('select from private.ai_budgets where workspace_id = $1 for update', [ours])
    await second.query('begin')
    const job = second.query('select private.interrupt_lost_answers(10) as count')
    await untilBlocked(observer, second)
    await observer.query('begin')
    await call(observer, service, name, [
      back.answerId,
      back.lease,
      ...(name === 'finish_answer' ? ['complete', JSON.stringify([usage()])] : []),
    ])
    await observer.query('commit')
    await first.query('commit')
    expect((await job).rows).toEqual([{ count: 1 }])
    await second.query('commit')
    const { rows } = await observer.query('select id, status from private.answers')
    expect(Object.fromEntries(rows.map((row) => [row.id, row.status]))).toEqual({
      [lost.answerId]: 'interrupted',
      [back.answerId]: status,
    })
  })

  atOnce('proposes what is accepted or rejected, and not both', {
    given: async (client) => {
      const view = await makeView(client, member, { visibility: 'workspace' })
      const begun = await running(client)
      const proposalId = randomUUID()
      const changes = [
        { change: 'add', widgetId: 'total-users', position: { x: 0, y: 8, width: 3, height: 2 }, config: {} },
      ]
      await append(client, begun, 0, [
        { type: 'patch', sequence: 1, proposalId, viewId: view, version: 1, summary: 'Tidy up', changes },
      ])
      await finish(client, begun)
      return proposalId
    },
    first: (client, id) => call(client, member, 'reject_proposal', [ours, id]),
    second: (client, id) => call(client, member, 'accept_proposal', [ours, id]),
    late: 'conflict',
  })
})
