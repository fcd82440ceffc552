import type { SupabaseClient } from '@supabase/supabase-js'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestGateway } from '../../support/http/gateway.ts'
import { type Served, startServed } from '../../support/http/served.ts'
import { ids, ours } from '../../support/people/cast.ts'
import { letEveryoneSignIn, signIn } from '../../support/people/sign-in.ts'
import { matrixCast } from '../matrix/cast.ts'

// Attacks with a session of one’s own and the real client: see tests/support/database/attacks.ts.

describe('over HTTP', () => {
  let served: Served
  let gateway: TestGateway
  let sql: pg.Client
  let eve: SupabaseClient

  beforeAll(async () => {
    served = await startServed()
    gateway = served.gateway
    sql = served.sql
    await matrixCast(sql)
    await letEveryoneSignIn(sql)
    eve = await signIn(gateway, 'outsider')
  })

  afterAll(() => served[Symbol.asyncDispose]())

  /** Fails where an answer holds anything by which one of the others could be known. */
  function expectNothingOfOurs(answer: unknown, what: string): void {
    const text = JSON.stringify(answer)
    expect(text, what).not.toContain(ours)
    for (const [name, id] of Object.entries(ids).filter(([key]) => key !== 'outsider')) {
      expect(text, what).not.toContain(id)
      expect(text, what).not.toContain(`${name}@example.com`)
    }
  }

  it('A04 embed across workspaces in a select', async () => {
    const { rows: references } = await sql.query<{ name: string; child: string; parent: string }>(`
      select k.conname as name, c.relname as child, p.relname as parent
      from pg_constraint k
      join pg_class c on c.oid = k.conrelid
      join pg_class p on p.oid = k.confrelid
      where k.contype = 'f' and k.conparentid = 0
        and c.relnamespace = 'public'::regnamespace and p.relnamespace = 'public'::regnamespace`)
    const pairs = references.flatMap(({ name, child, parent }) => [
      { name, from: child, to: parent },
      { name, from: parent, to: child },
    ])
    const embed = async ({ name, from, to }: (typeof pairs)[number]) => {
      const plain = await eve.from(from).select(`*, ${to}(*)`)
      // Where several references lead there, the one that is meant must be named.
      const { data, error } =
        plain.error?.code === 'PGRST201' ? await eve.from(from).select(`*, ${to}!${name}(*)`) : plain
      expectNothingOfOurs({ data, error }, `${from} with ${to} by ${name}`)
      // Of a table that refers to itself nothing is read within it.
      if (from === to && error?.code === 'invalid_input' && error.details === 'select') return 'rows'
      // A table may have columns that nobody reads.
      return error && error.code !== '42501' ? `${error.message}: ${from} with ${to} by ${name}` : 'rows'
    }
    const answered: string[] = []
    // A few at a time: the gateway takes not all of them at once from one person.
    while (pairs.length > 0) answered.push(...(await Promise.all(pairs.splice(0, 10).map(embed))))
    expect(answered.filter((answer) => answer !== 'rows')).toEqual([])

    const deep = await eve
      .from('workspaces')
      .select('*, workspace_members!inner(*, profiles!inner(*)), dashboard_views(*, widgets(*))')
    expect(deep.error).toBeNull()
    expect(deep.data).toHaveLength(1)
    expectNothingOfOurs(deep.data, 'a chain of embeddings')
    const within = await eve
      .from('workspaces')
      .select('*, workspace_members!inner(*, profiles!inner(*, workspace_members(*, workspaces(*))))')
    expect(within.error).toMatchObject({ code: 'invalid_input', details: 'select' })
  })

  it('A09 keep using a session after suspension', async () => {
    const caretaker = await signIn(gateway, 'custom')
    const rename = (name: string) =>
      caretaker.from('workspaces').update({ name }).eq('id', ours).select('name')
    expect((await rename('Renamed')).data).toEqual([{ name: 'Renamed' }])
    const { data } = await caretaker.auth.getUser()
    try {
      await sql.query("update public.workspace_members set status = 'suspended' where user_id = $1", [
        data.user?.id,
      ])
      expect(await rename('Taken')).toMatchObject({ data: [], error: null })
      expect((await caretaker.from('workspaces').select('id')).data).toEqual([])
      expect((await caretaker.from('workspace_members').select('user_id')).data).toEqual([])
      expect((await caretaker.from('profiles').select('id')).data).toEqual([{ id: data.user?.id }])
      expect((await caretaker.rpc('session_context')).data).toMatchObject({
        workspaces: [{ id: ours, status: 'suspended', role: null, permissions: [], planType: null }],
      })
      const { rows } = await sql.query('select name from public.workspaces where id = $1', [ours])
      expect(rows).toEqual([{ name: 'Renamed' }])
    } finally {
      await sql.query("update public.workspace_members set status = 'active' where user_id = $1", [
        data.user?.id,
      ])
    }
  })
})
