import { join } from 'node:path'
import type pg from 'pg'
import { applyMigrations } from '../local/migrations/index.ts'
import type { Stack } from '../local/stack.ts'
import { fillWithPeople, largeWorkspace, measuredWorkspaces, sessionOfMeasuredPerson } from './people.ts'
import type { Measurement } from './report.ts'
import { absolute, relative, sampled, sampledBeside } from './samples.ts'

const root = join(import.meta.dirname, '..')
const times = { rounds: 1_000, warmUp: 100 }
const many = { workspaces: 10_000, people: 50_000 }
const few = { workspaces: 100, people: 500 }

/**
 * What a person in 20 of 10,000 workspaces with 50,000 people waits for: the session, the list of a workspace of
 * 1,000 people, and the permission check beneath everything, beside the same check among 100 workspaces.
 */
export async function measurePeople(stack: Stack): Promise<Measurement[]> {
  await fillWithPeople(stack.urls.database, many)
  return [
    ...(await measureSessionContext(stack)),
    ...(await measureListMembers(stack)),
    ...(await measurePermissionCheck(stack)),
  ]
}

/** `session_context()`, on a database that `fillWithPeople` has filled. */
export async function measureSessionContext(stack: Stack): Promise<Measurement[]> {
  await using disposal = new AsyncDisposableStack()
  const client = await openSession(disposal, stack.urls.database)
  const { rows } = await client.query<{ context: { workspaces: unknown[] } }>(
    'select public.session_context() as context',
  )
  if (rows[0]?.context.workspaces.length !== measuredWorkspaces)
    throw new Error(`The session has ${rows[0]?.context.workspaces.length} workspaces.`)
  const samples = await sampled(times, () => timed(client, 'session', 'select public.session_context()'))
  return [absolute('session_context() of a person in 20 workspaces, p95 in ms', samples, 5)]
}

/** A page of a workspace with 1,000 people, and the same page searched for, in turns. */
export async function measureListMembers(stack: Stack): Promise<Measurement[]> {
  await using disposal = new AsyncDisposableStack()
  const client = await openSession(disposal, stack.urls.database)
  const page = await sampled(times, () =>
    timed(client, 'page', 'select public.list_members(workspace_id => $1)', [largeWorkspace]),
  )
  const search = await sampled(times, () =>
    timed(client, 'search', 'select public.list_members(workspace_id => $1, search => $2)', [
      largeWorkspace,
      'person9',
    ]),
  )
  return [
    absolute('list_members() of a workspace of 1,000 people, p95 in ms', page, 20),
    absolute('the same, with a search, p95 in ms', search, 20),
  ]
}

/** The question of every policy among 10,000 workspaces, beside the same among 100, for the same memberships. */
export async function measurePermissionCheck(stack: Stack): Promise<Measurement[]> {
  await using disposal = new AsyncDisposableStack()
  const small = await stack.createDatabase()
  disposal.defer(() => small.drop())
  await applyMigrations({ databaseUrl: small.url('postgres'), root })
  await fillWithPeople(small.url('postgres'), few)
  const [among100, among10000] = [
    await openSession(disposal, small.url('postgres')),
    await openSession(disposal, stack.urls.database),
  ]
  const check = (client: pg.Client) =>
    timed(client, 'check', "select private.workspaces_without('workspace.read')")
  const samples = await sampledBeside(
    times,
    () => check(among100),
    () => check(among10000),
  )
  return [relative('permission check among 10,000 workspaces, beside 100', samples, 1.3)]
}

async function openSession(disposal: AsyncDisposableStack, databaseUrl: string): Promise<pg.Client> {
  const client = await sessionOfMeasuredPerson(databaseUrl)
  disposal.defer(() => client.end())
  return client
}

async function timed(client: pg.Client, name: string, text: string, values: unknown[] = []): Promise<number> {
  const begun = performance.now()
  const { rowCount } = await client.query({ name, text, values })
  if (rowCount !== 1) throw new Error(`${text} gave ${rowCount} rows in place of one.`)
  return performance.now() - begun
}
