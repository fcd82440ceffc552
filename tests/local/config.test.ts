import { afterEach, describe, expect, it, vi } from 'vitest'
import { readProject } from '../../local/config/index.ts'
import { createProject, type TestProject } from '../support/stack/project.ts'

let project: TestProject | undefined

afterEach(() => {
  project?.remove()
  project = undefined
  vi.unstubAllEnvs()
})

async function projectWith(config: string): Promise<string> {
  project = await createProject({ 'config.toml': config })
  return project.root
}

const minimal = 'project_id = "test"\n[api]\n[db]\nmajor_version = 17\n'

describe('supabase/config.toml', () => {
  it('takes the ports that Supabase uses where the file names none', async () => {
    const config = readProject(await projectWith(minimal))
    expect([config.api.port, config.db.port, config.local_smtp.port]).toEqual([54321, 54322, 54324])
  })

  it('reads sizes as bytes and durations as milliseconds', async () => {
    const config = readProject(
      await projectWith(
        `${minimal}[storage.buckets.files]\nfile_size_limit = "2MiB"\n[auth.email]\nmax_frequency = "1m30s"\n`,
      ),
    )
    expect(config.storage.buckets.files?.file_size_limit).toBe(2 * 1024 * 1024)
    expect(config.auth.email.max_frequency).toBe(90_000)
  })

  it('replaces env(NAME) by the variable', async () => {
    vi.stubEnv('STACK_TEST_SITE', 'https://dashboard.test')
    const config = readProject(await projectWith(`${minimal}[auth]\nsite_url = "env(STACK_TEST_SITE)"\n`))
    expect(config.auth.site_url).toBe('https://dashboard.test')
  })

  it.each([
    ['a syntax error names the line', `${minimal}[auth\n`, /^supabase\/config\.toml, line 5: .+\.$/],
    [
      'a wrong type names the key',
      `${minimal.replace('[api]', '[api]\nport = "http"')}`,
      /^supabase\/config\.toml, api\.port: /,
    ],
    [
      'a port out of range',
      `${minimal.replace('[api]', '[api]\nport = 70000')}`,
      /^supabase\/config\.toml, api\.port: /,
    ],
    [
      'another Postgres version',
      minimal.replace('17', '15'),
      /^supabase\/config\.toml, db\.major_version: the embedded stack runs Postgres 17/,
    ],
    [
      'a size without a unit it knows',
      `${minimal}[storage]\nfile_size_limit = "5 apples"\n`,
      /storage\.file_size_limit: .*"50MiB"/,
    ],
    [
      'a duration without a unit',
      `${minimal}[auth.email]\nmax_frequency = "1"\n`,
      /auth\.email\.max_frequency: .*"1s"/,
    ],
  ])('refuses %s', async (_case, config, sentence) => {
    const root = await projectWith(config)
    expect(() => readProject(root)).toThrow(sentence)
  })

  it('says where it looked when the file is missing', () => {
    expect(() => readProject('/nonexistent')).toThrow(
      'supabase/config.toml is missing: run the command in the project folder.',
    )
  })
})
