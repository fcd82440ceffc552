import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { withClient } from '../../local/postgres/index.ts'
import { isFree, stackLocation } from '../../local/stack/index.ts'
import {
  type CommandLine,
  descendants,
  isAlive,
  runCommandLine,
  runForBriefReader,
  runNpmStart,
} from '../support/stack/command-line.ts'
import { prepareData } from '../support/stack/prepared-data.ts'
import { createProject, type TestProject } from '../support/stack/project.ts'

const stackTrace = /^\s+at .+:\d+:\d+\)?$/m

describe('a running stack', () => {
  let project: TestProject
  let stack: CommandLine

  beforeAll(async () => {
    project = await createProject()
    prepareData(project.root)
    stack = runCommandLine('start', '--workdir', project.root)
    await stack.says('The stack runs.')
  }, 60_000)

  afterAll(async () => {
    stack.process.kill('SIGTERM')
    await stack.ended
    project.remove()
  })

  const run = (...args: string[]) => runCommandLine(...args, '--workdir', project.root).ended

  it('showed its steps, how long those took that took time, and the table', () => {
    for (const step of ['Postgres', 'Migrations', 'Scheduler', 'Mailbox', 'API'])
      expect(stack.output()).toContain(`✔ ${step} `)
    for (const step of ['Postgres', 'Realtime'])
      expect(stack.output()).toMatch(new RegExp(`✔ ${step} \\[\\d`))
    expect(stack.output()).toContain(`http://127.0.0.1:${project.ports.api}`)
    expect(stack.output()).toMatch(/sb_publishable_\S+/)
    expect(stack.output()).toMatch(/sb_secret_\S+/)
  })

  it('is described by status, as a table and as the variables of the Supabase CLI', async () => {
    const table = await run('status')
    expect(table).toMatchObject({
      code: 0,
      output: expect.stringContaining(stackLocation(project.root, 0).directory),
    })
    const variables = JSON.parse((await run('status', '-o', 'json')).output)
    expect(variables).toMatchObject({
      API_URL: `http://127.0.0.1:${project.ports.api}`,
      DB_URL: `postgresql://postgres:postgres@127.0.0.1:${project.ports.database}/postgres`,
      PUBLISHABLE_KEY: expect.stringMatching(/^sb_publishable_/),
      SECRET_KEY: expect.stringMatching(/^sb_secret_/),
      STUDIO_URL: `http://127.0.0.1:${project.ports.studio}`,
      MAILBOX_URL: `http://127.0.0.1:${project.ports.mailbox}`,
    })
    expect(decodeJwt(variables.ANON_KEY)).toMatchObject({ role: 'anon' })
    expect(decodeJwt(variables.SERVICE_ROLE_KEY)).toMatchObject({ role: 'service_role' })
    const env = await run('status', '-o', 'env')
    expect(env.output).toMatch(/^API_URL="http:\/\/127\.0\.0\.1:\d+"$/m)
  })

  it('is named by status, with its offset, where another was asked for', async () => {
    const other = await run('status', '--port-offset', '100')
    expect(other).toEqual({
      code: 1,
      output: expect.stringContaining('start it with "npm start -- --port-offset 100"'),
    })
    expect(other.output).toContain(`Another runs at "--port-offset 0": http://127.0.0.1:${project.ports.api}`)
    expect((await run('status')).output).not.toContain('Another runs')
  })

  it('refuses a second start and a reset, and goes on', async () => {
    for (const command of ['start', 'reset']) {
      const { code, output } = await run(command)
      expect(code).toBe(1)
      expect(output).toMatch(/The stack runs/)
      expect(output).not.toMatch(stackTrace)
    }
    expect((await fetch(`http://127.0.0.1:${project.ports.api}/auth/v1/health`)).status).toBeLessThan(500)
  })

  it('says where a link may not lead, and what would allow it, and nothing of what the link carries', async () => {
    const [apikey = ''] = /sb_publishable_\S+/.exec(stack.output()) ?? []
    const ask = async (redirectTo: string) => {
      const query = new URLSearchParams({ redirect_to: redirectTo })
      const response = await fetch(`http://127.0.0.1:${project.ports.api}/auth/v1/otp?${query}`, {
        method: 'POST',
        headers: { apikey },
        body: JSON.stringify({ email: `${crypto.randomUUID()}@example.com` }),
      })
      expect([response.status, await response.text()]).toEqual([200, '{}'])
    }
    await ask('http://localhost:4000/join?token=hidden')
    await stack.says(
      'leads to http://localhost:4000, which is not allowed: it leads to http://127.0.0.1:3000. ' +
        'To allow it, add "http://localhost:4000/**" to additional_redirect_urls in supabase/config.toml',
    )
    expect(stack.output()).not.toContain('hidden')
    await ask('/join')
    await stack.says('a redirectTo is no absolute URL')
    await ask('http://127.0.0.1:5173/join')
    expect(stack.output()).not.toContain('127.0.0.1:5173')
  })

  it('shows its mailbox as a page that names its SMTP port, to no page of another origin', async () => {
    const { mailbox, smtp } = project.ports
    const get = (path: string, headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${mailbox}/${path}`, { headers })
    const page = await get('', { accept: 'text/html' })
    expect(page.status).toBe(200)
    const [, script = ''] = /<script[^>]* src="\.?\/?([^"]+)"/.exec(await page.text()) ?? []
    const code = await (await get(script)).text()
    expect(code).toContain(`127.0.0.1:${smtp}`)
    expect(code).not.toContain('localhost:1025')
    const config = await get('api/config', { origin: 'https://example.com' })
    expect(await config.json()).toMatchObject({ smtpPort: smtp })
    expect(config.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('hashes passwords as dearly as Supabase does', async () => {
    const [apikey = ''] = /sb_publishable_\S+/.exec(stack.output()) ?? []
    const body = JSON.stringify({ email: `${crypto.randomUUID()}@example.com`, password: 'correct horse' })
    await fetch(`http://127.0.0.1:${project.ports.api}/auth/v1/signup`, {
      method: 'POST',
      headers: { apikey },
      body,
    })
    const databaseUrl = `postgresql://postgres:postgres@127.0.0.1:${project.ports.database}/postgres`
    const { rows } = await withClient(databaseUrl, (client) =>
      client.query("select distinct split_part(encrypted_password, '$', 3) as cost from auth.users"),
    )
    expect(rows).toEqual([{ cost: '10' }])
  })

  it('shows Studio as a page', async () => {
    const page = await fetch(`http://127.0.0.1:${project.ports.studio}/`)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<title>Studio</title>')
  })
})

describe('a stack that is to end', () => {
  it('ends with every process it started, however it is told to, and starts again where it was', async () => {
    const project = await createProject({
      'migrations/20260101000000_broken.sql': 'create table public.notes ();\nselect missing;\n',
    })
    onTestFinished(() => project.remove())
    const broken = await runCommandLine('start', '--workdir', project.root).ended
    expect(broken.code).toBe(1)
    expect(broken.output).not.toMatch(stackTrace)
    expect(broken.output).toContain(
      'supabase/migrations/20260101000000_broken.sql, line 2: column "missing" does not exist',
    )
    // What one start left behind would be in the way of the next.
    project.write('migrations/20260101000000_broken.sql', 'create table public.notes ();')

    const run = async (stack: CommandLine, signal: 'SIGINT' | 'SIGTERM') => {
      await stack.says('The stack runs.')
      const databaseUrl = `postgresql://postgres:postgres@127.0.0.1:${project.ports.database}/postgres`
      const rows = await withClient(databaseUrl, async (client) => {
        const { rowCount } = await client.query('select from public.notes')
        await client.query('insert into public.notes default values')
        return rowCount
      })
      const processes = await descendants(stack.process.pid ?? 0)
      expect(processes.length).toBeGreaterThan(2)
      stack.process.kill(signal)
      const { code, output } = await stack.ended
      return { rows, key: /sb_secret_\S+/.exec(output)?.[0], code, processes }
    }
    const there = ['--workdir', project.root]

    const first = await run(runCommandLine('start', ...there), 'SIGINT')
    expect(first).toMatchObject({ rows: 0, code: 0 })
    expect(first.processes.filter(isAlive)).toEqual([])

    const throughNpm = await run(runNpmStart(...there), 'SIGTERM')
    expect(throughNpm).toMatchObject({ rows: 1, key: first.key })
    await expect.poll(() => throughNpm.processes.filter(isAlive), { timeout: 10_000 }).toEqual([])

    // A reset throws the data away, and keeps the keys that front ends are set up with.
    const reset = await run(runCommandLine('reset', ...there), 'SIGTERM')
    expect(reset).toMatchObject({ rows: 0, key: first.key, code: 0 })
    expect(reset.processes.filter(isAlive)).toEqual([])
  }, 180_000)

  it('is told by a reader who goes away, and leaves nothing behind', async () => {
    const project = await createProject()
    onTestFinished(() => project.remove())
    prepareData(project.root)
    await runForBriefReader('--workdir', project.root).ended
    expect(await Promise.all(Object.values(project.ports).map(isFree))).not.toContain(false)
    expect(existsSync(join(stackLocation(project.root, 0).directory, 'postgres/data/postmaster.pid'))).toBe(
      false,
    )
  }, 60_000)
})

describe('a start that cannot be', () => {
  let project: TestProject

  beforeEach(async () => {
    project = await createProject()
  })

  afterEach(() => project.remove())

  async function refusal(): Promise<string> {
    const { code, output } = await runCommandLine('start', '--workdir', project.root).ended
    expect(code).toBe(1)
    expect(output).not.toMatch(stackTrace)
    return output
  }

  it('for a port in use names the port', async () => {
    const server = createServer().listen(project.ports.database, '127.0.0.1')
    try {
      expect(await refusal()).toContain(
        `Port ${project.ports.database} (database) is in use by another program`,
      )
    } finally {
      server.close()
    }
  })

  it('for data of another Postgres version names both', async () => {
    const data = join(stackLocation(project.root, 0).directory, 'postgres/data')
    mkdirSync(data, { recursive: true })
    writeFileSync(join(data, 'PG_VERSION'), '15\n')
    expect(await refusal()).toMatch(/is of Postgres 15, and this stack runs Postgres 17/)
  })

  it('for a malformed config.toml names the line', async () => {
    project.write('config.toml', 'project_id = "test"\n[api\n')
    expect(await refusal()).toMatch(/^supabase\/config\.toml, line 2: /m)
  })

  it('for an option that is none shows the usage', async () => {
    const { code, output } = await runCommandLine('start', '--port').ended
    expect(code).toBe(1)
    expect(output).toContain('Usage: npm start')
  })

  it('for what --with names first, and what it names again, says that neither is there', async () => {
    const start = (...names: string[]) =>
      runCommandLine('start', '--port-offset', '0', ...names.flatMap((name) => ['--with', name])).ended
    const [first, again] = await Promise.all([start('phone', 'stripe'), start('stripe', 'phone')])
    expect([first.code, again.code]).toEqual([1, 1])
    for (const { output } of [first, again])
      expect(output).toContain('--with takes stripe or openai or slack or discord or teams, not "phone".')
  })
})
