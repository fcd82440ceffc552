import type { SupabaseClient } from '@supabase/supabase-js'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Actor, actAs, rolledBack, service } from '../support/act.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../support/cast.ts'
import { callOf, contentsOf, type Relation, relationsOf, takingAWorkspace } from '../support/catalog.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { createMatrixCast } from '../support/policy-matrix.ts'
import { letEveryoneSignIn, signIn } from '../support/sign-in.ts'
import { matrix } from './matrix/index.ts'

// What a hostile person would try, by name. Wherever it can be, an attack is made on everything that the catalog
// holds, so that a table or a function that is added later is attacked too.

const nowhere = 'WK-00000000Y'
const nobody = '00000000-0000-4000-8000-0000000000ff'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase('migrated')
})

afterAll(() => database.drop())

/** A story with the cast and the rows of the matrix, taken back afterwards. */
const story = (tell: (client: pg.Client) => Promise<void>) => () =>
  rolledBack(database.url('postgres'), async (client) => {
    await createMatrixCast(client, matrix)
    await tell(client)
  })

type Outcome = { rows: unknown[] } | { error: Record<string, unknown> }

/** What an attacker gets to see: the rows, or everything of the error that reaches a client. */
async function seen(attempt: Promise<pg.QueryResult>): Promise<Outcome> {
  try {
    return { rows: (await attempt).rows }
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    const { code, message, detail, hint } = error
    return { error: code === 'PGRST' ? JSON.parse(message) : { code, message, detail, hint } }
  }
}

const outcomeOf = (client: pg.Client, actor: Actor, sql: string, values: unknown[] = []) =>
  seen(actAs(client, actor, sql, values))

const codeOf = (outcome: Outcome) => ('error' in outcome ? outcome.error.code : undefined)

/** Makes attempts that must leave everything as it is. */
async function changingNothing(client: pg.Client, attempts: () => Promise<void>): Promise<void> {
  const before = await contentsOf(client)
  await attempts()
  expect(await contentsOf(client)).toEqual(before)
}

const insertOf = ({ name }: Relation, columns: string[]) => {
  const list = columns.map((column) => `"${column}"`).join(', ')
  return `insert into public."${name}" (${list}) select ${list} from jsonb_populate_record(null::public."${name}", $1)`
}

/** The rows of a workspace in a table, read past every policy. */
async function rowsIn(
  client: pg.Client,
  { name, workspaceColumn }: Relation,
  workspaceId: string,
): Promise<Record<string, unknown>[]> {
  const { rows } = await client.query<{ row: Record<string, unknown> }>(
    `select to_jsonb(t) as row from public."${name}" t where t."${workspaceColumn}" = $1`,
    [workspaceId],
  )
  return rows.map(({ row }) => row)
}

const ofWorkspaces = async (client: pg.Client) =>
  (await relationsOf(client)).filter(({ workspaceColumn }) => workspaceColumn !== null)

describe('reading what is not one’s own', () => {
  it(
    "A01 guess another workspace's id",
    story(async (client) => {
      for (const relation of await ofWorkspaces(client)) {
        const sql = `select * from public."${relation.name}" where "${relation.workspaceColumn}" = $1`
        for (const actor of [outsider, suspended]) {
          const outcome = await outcomeOf(client, actor, sql, [ours])
          expect(outcome, relation.name).toSatisfy(() => codeOf(outcome) === '42501' || 'rows' in outcome)
          if ('rows' in outcome) expect(outcome.rows, relation.name).toEqual([])
        }
      }
      expect(
        await outcomeOf(client, admin, 'select id from public.workspaces where id = $1', [ours]),
      ).toEqual({
        rows: [{ id: ours }],
      })
    }),
  )

  it(
    'A10 read through a view, a function, a count or an error message',
    story(async (client) => {
      await changingNothing(client, async () => {
        for (const relation of await ofWorkspaces(client)) {
          const { name, workspaceColumn, insertable, columns } = relation
          const table = `public."${name}"`
          const where = `where "${workspaceColumn}" = $1`
          const [row] = await rowsIn(client, relation, ours)
          const fields = insertable.length > 0 ? insertable : columns
          for (const [what, sql, valueFor] of [
            ['read', `select * from ${table} ${where}`, (id: string) => id],
            ['count', `select count(*) from ${table} ${where}`, (id: string) => id],
            [
              'update',
              `update ${table} set "${workspaceColumn}" = "${workspaceColumn}" ${where}`,
              (id: string) => id,
            ],
            ['delete', `delete from ${table} ${where}`, (id: string) => id],
            ['insert', insertOf(relation, fields), (id: string) => ({ ...row, [workspaceColumn ?? '']: id })],
          ] as const)
            expect(await outcomeOf(client, outsider, sql, [valueFor(ours)]), `${what} of ${name}`).toEqual(
              await outcomeOf(client, outsider, sql, [valueFor(nowhere)]),
            )
        }
        for (const method of await takingAWorkspace(client)) {
          // Another's workspace, and another's things from a workspace of one's own.
          for (const [theirId, noId] of [
            [{ workspace_id: ours }, { workspace_id: nowhere }],
            [
              { workspace_id: theirs, user_id: ids.member },
              { workspace_id: theirs, user_id: nobody },
            ],
          ]) {
            const names = method.parameters.map(({ name }) => name)
            if (!Object.keys(theirId ?? {}).every((name) => names.includes(name))) continue
            const [one, other] = [callOf(method, theirId ?? {}), callOf(method, noId ?? {})]
            expect(await outcomeOf(client, outsider, one.sql, one.values), method.name).toEqual(
              await outcomeOf(client, outsider, other.sql, other.values),
            )
          }
        }
      })
    }),
  )
})

describe('writing what is not one’s own', () => {
  it(
    'A02 set workspace_id, plan_type, created_by or role in an insert or update',
    story(async (client) => {
      const neverUpdated = [
        'workspace_id',
        'plan_type',
        'created_by',
        'created_at',
        'updated_at',
        'is_built_in',
      ]
      const neverInserted = ['plan_type', 'created_by', 'created_at', 'updated_at', 'is_built_in']
      await changingNothing(client, async () => {
        for (const { name, isTable, columns } of await relationsOf(client)) {
          if (!isTable) continue
          for (const column of columns.filter((each) => neverUpdated.includes(each)))
            expect(
              codeOf(await outcomeOf(client, admin, `update public."${name}" set "${column}" = "${column}"`)),
              `update of ${name}.${column}`,
            ).toBe('42501')
          for (const column of columns.filter((each) => neverInserted.includes(each)))
            expect(
              codeOf(
                await outcomeOf(client, admin, `insert into public."${name}" ("${column}") values (default)`),
              ),
              `insert of ${name}.${column}`,
            ).toBe('42501')
        }
        for (const change of ["role_key = 'admin'", "status = 'active'"])
          for (const actor of [member, viewer, suspended]) {
            const outcome = await outcomeOf(
              client,
              actor,
              `update public.workspace_members set ${change} where user_id = $1`,
              [actor.sub],
            )
            expect(['42501', 'permission_denied', undefined]).toContain(codeOf(outcome))
          }
      })
      const { rowCount } = await actAs(client, service, "update public.workspaces set plan_type = 'free'")
      expect(rowCount).toBe(2)
    }),
  )

  it(
    'A03 point a foreign key into another workspace',
    story(async (client) => {
      await client.query("update public.workspaces set plan_type = 'premium'")
      await client.query(
        "insert into public.workspace_roles (workspace_id, key, name) values ($1, 'owner', 'Owner')",
        [theirs],
      )
      const { rows: references } = await client.query<{ child: string; column: string }>(`
        select k.conrelid::regclass::text as child, a.attname as column
        from pg_constraint k
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey) and a.attname <> 'workspace_id'
        where k.contype = 'f' and k.confrelid = 'public.workspace_roles'::regclass and k.conparentid = 0`)
      expect(references).toContainEqual({ child: 'workspace_members', column: 'role_key' })
      await changingNothing(client, async () => {
        for (const { child, column } of references) {
          const those = `workspace_id = $1 and ${column} is not null`
          const { rowCount } = await client.query(`select from public.${child} where ${those}`, [ours])
          if (!rowCount) continue
          const sql = `update public.${child} set ${column} = 'owner' where ${those}`
          for (const actor of [admin, service])
            expect(['42501', '23503', 'invalid_input', 'permission_denied'], child).toContain(
              codeOf(await outcomeOf(client, actor, sql, [ours])),
            )
          // Nor may the owner of the tables, whom neither grants nor policies bind.
          await client.query('savepoint owner')
          expect(['23503', 'invalid_input'], child).toContain(codeOf(await seen(client.query(sql, [ours]))))
          await client.query('rollback to savepoint owner')
        }
      })
    }),
  )

  it(
    "A05 upsert onto another's key",
    story(async (client) => {
      // A conflict is what the names of the built-in roles are answered with, in every workspace there is and is not.
      const refused = ['42501', 'not_found', 'permission_denied', 'conflict']
      await changingNothing(client, async () => {
        for (const relation of await ofWorkspaces(client)) {
          const { columns, insertable, primaryKey } = relation
          const [row] = await rowsIn(client, relation, ours)
          if (!row) continue
          const fields = insertable.length > 0 ? insertable : columns
          const key = primaryKey.map((column) => `"${column}"`).join(', ')
          for (const column of fields) {
            const sql = `${insertOf(relation, fields)} on conflict (${key}) do update set "${column}" = excluded."${column}"`
            for (const actor of [outsider, suspended, viewer]) {
              const outcome = await outcomeOf(client, actor, sql, [row])
              expect(refused, `${relation.name}.${column}`).toContain(codeOf(outcome))
            }
          }
        }
      })
    }),
  )

  it(
    "A06 call every function with another workspace's id",
    story(async (client) => {
      const methods = await takingAWorkspace(client)
      expect(methods).not.toEqual([])
      await changingNothing(client, async () => {
        for (const method of methods)
          for (const actor of [outsider, suspended]) {
            const call = callOf(method, { workspace_id: ours })
            const same = callOf(method, { workspace_id: nowhere })
            const outcome = await outcomeOf(client, actor, call.sql, call.values)
            // One that answers without an error must answer as if there were no such workspace.
            expect(outcome, method.name).toEqual(await outcomeOf(client, actor, same.sql, same.values))
            if ('error' in outcome)
              expect(['not_found', 'permission_denied', '42501'], method.name).toContain(outcome.error.code)
          }
      })
    }),
  )
})

describe('over HTTP', () => {
  let served: TestDatabase
  let gateway: TestGateway
  let sql: pg.Client
  let eve: SupabaseClient

  beforeAll(async () => {
    served = await createDatabase('migrated')
    gateway = await startTestGateway(served)
    sql = new pg.Client({ connectionString: served.url('postgres') })
    await sql.connect()
    await createMatrixCast(sql, matrix)
    await letEveryoneSignIn(sql)
    eve = await signIn(gateway, 'outsider')
  })

  afterAll(async () => {
    await sql?.end()
    await gateway?.close()
    await served?.drop()
  })

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
    const answered = await Promise.all(
      references.flatMap(({ name, child, parent }) =>
        [
          [child, parent],
          [parent, child],
        ].map(async ([from = '', to = '']) => {
          const plain = await eve.from(from).select(`*, ${to}(*)`)
          // Where several references lead there, the one that is meant must be named.
          const { data, error } =
            plain.error?.code === 'PGRST201' ? await eve.from(from).select(`*, ${to}!${name}(*)`) : plain
          expectNothingOfOurs({ data, error }, `${from} with ${to} by ${name}`)
          // A table may have columns that nobody reads.
          return error && error.code !== '42501' ? `${error.message}: ${from} with ${to} by ${name}` : 'rows'
        }),
      ),
    )
    expect(answered.filter((answer) => answer !== 'rows')).toEqual([])

    const deep = await eve
      .from('workspaces')
      .select('*, workspace_members!inner(*, profiles!inner(*, workspace_members(*, workspaces(*))))')
    expect(deep.error).toBeNull()
    expect(deep.data).toHaveLength(1)
    expectNothingOfOurs(deep.data, 'a chain of embeddings')
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
        workspaces: [{ id: ours, status: 'suspended', role: null, permissions: [], plan: null }],
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
