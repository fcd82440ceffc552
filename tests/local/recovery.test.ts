import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { withClient } from '../../local/postgres/index.ts'
import { stackLocation } from '../../local/stack/index.ts'
import { type CommandLine, descendants, isAlive, runCommandLine } from '../support/stack/command-line.ts'
import { prepareData } from '../support/stack/prepared-data.ts'
import { createProject, type TestProject } from '../support/stack/project.ts'

const schema = `
create table public.entries (id bigint primary key);
alter table public.entries enable row level security;
grant select, insert on public.entries to service_role;
`

// One stack for all: each test starts it where it does not run, and leaves it as it found it or ended.
let project: TestProject
let running: CommandLine | undefined

beforeAll(async () => {
  project = await createProject({ 'migrations/20260101000000_entries.sql': schema })
  prepareData(project.root)
})

afterAll(async () => {
  running?.process.kill('SIGTERM')
  await running?.ended
  project.remove()
})

async function start(): Promise<CommandLine> {
  if (running) return running
  const stack = runCommandLine('start', '--workdir', project.root)
  running = stack
  void stack.ended.then(() => {
    running = undefined
  })
  await stack.says('The stack runs.')
  return stack
}

const databaseUrl = () => `postgresql://postgres:postgres@127.0.0.1:${project.ports.database}/postgres`

function postgresPid(): number {
  const file = join(stackLocation(project.root, 0).directory, 'postgres/data/postmaster.pid')
  return Number(readFileSync(file, 'utf8').split('\n')[0])
}

/** Writes rows until the server goes away; resolves with the ids that were acknowledged. */
async function writeUntilItFails(insert: (id: number) => Promise<void>, first: number): Promise<number[]> {
  const acknowledged: number[] = []
  for (let id = first; ; id += 1) {
    try {
      await insert(id)
      acknowledged.push(id)
    } catch {
      return acknowledged
    }
  }
}

async function sqlWriter(first: number): Promise<{ done: Promise<number[]> }> {
  const client = new pg.Client({ connectionString: databaseUrl() })
  client.on('error', () => undefined)
  await client.connect()
  const insert = async (id: number) => {
    await client.query('insert into public.entries values ($1)', [id])
  }
  return { done: writeUntilItFails(insert, first) }
}

function httpWriter(first: number): { done: Promise<number[]> } {
  const { directory } = stackLocation(project.root, 0)
  const { secretKey } = JSON.parse(readFileSync(join(directory, 'keys.json'), 'utf8')) as {
    secretKey: string
  }
  const supabase = createClient(`http://127.0.0.1:${project.ports.api}`, secretKey)
  const insert = async (id: number) => {
    const { error } = await supabase.from('entries').insert({ id })
    if (error) throw error
  }
  return { done: writeUntilItFails(insert, first) }
}

it('every acknowledged row survives kill -9 of the stack and of Postgres while clients write', async () => {
  const stack = await start()
  const pid = stack.process.pid ?? 0
  const processes = await descendants(pid)
  const postgres = postgresPid()
  expect(processes).toContain(postgres)
  const writers = [await sqlWriter(1_000_000), httpWriter(2_000_000)]
  await new Promise((resolve) => setTimeout(resolve, 500))

  process.kill(pid, 'SIGKILL')
  process.kill(postgres, 'SIGKILL')
  const acknowledged = (await Promise.all(writers.map((writer) => writer.done))).flat()
  await stack.ended
  expect(acknowledged.filter((id) => id < 2_000_000).length).toBeGreaterThan(0)
  expect(acknowledged.filter((id) => id >= 2_000_000).length).toBeGreaterThan(0)

  await start()
  const { rows } = await withClient(databaseUrl(), (client) =>
    client.query<{ id: string }>('select id from public.entries'),
  )
  const stored = new Set(rows.map((row) => Number(row.id)))
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([])
}, 60_000)

it('kill -9 of the stack alone leaves no process behind, and the next start works', async () => {
  const stack = await start()
  const pid = stack.process.pid ?? 0
  const processes = await descendants(pid)
  process.kill(pid, 'SIGKILL')
  await stack.ended
  await expect.poll(() => processes.filter(isAlive), { timeout: 10_000 }).toEqual([])
  await start()
}, 60_000)

it('says so and stops everything when Postgres ends by itself', async () => {
  const stack = await start()
  const processes = await descendants(stack.process.pid ?? 0)
  const postgres = postgresPid()
  process.kill(postgres, 'SIGKILL')
  const { code, output } = await stack.ended
  expect(code).toBe(1)
  expect(output).toContain('Postgres ended unexpectedly')
  expect(output).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m)
  await expect.poll(() => processes.filter(isAlive), { timeout: 10_000 }).toEqual([])
}, 60_000)
