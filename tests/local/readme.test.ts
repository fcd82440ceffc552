import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ProjectConfig, readProject, stackPorts } from '../../local/config/index.ts'
import { isFree, stackLocation } from '../../local/stack/index.ts'
import { type Stack, startStack } from '../../local/stack.ts'

const root = join(import.meta.dirname, '../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

let stack: Stack
let workplace: string

beforeAll(async () => {
  mkdirSync(join(root, '.stack'), { recursive: true })
  workplace = mkdtempSync(join(root, '.stack/readme-'))
  const portOffset = await freeOffset(readProject(root))
  const { installations } = stackLocation(root, 0)
  stack = await startStack({
    root,
    portOffset,
    location: { installations, directory: join(installations, `readme-${portOffset}`) },
  })
}, 60_000)

afterAll(async () => {
  await stack.stop()
  for (const directory of [stack.directory, workplace]) rmSync(directory, { recursive: true, force: true })
})

/** An offset at which all of the project's ports are free, away from the ones that people use. */
async function freeOffset(config: ProjectConfig): Promise<number> {
  for (let offset = 5_000; offset < 11_000; offset += 100) {
    const free = await Promise.all(Object.values(stackPorts(config, offset)).map(isFree))
    if (free.every(Boolean)) return offset
  }
  throw new Error('No port offset is free.')
}

it('the example of the README runs as pasted', async () => {
  const [, example = ''] = /```js\n([\s\S]*?)```/.exec(readme) ?? []
  expect(example).toContain('createClient')
  writeFileSync(join(workplace, 'example.mjs'), example)
  const { stdout } = await promisify(execFile)(process.execPath, ['example.mjs'], {
    cwd: workplace,
    env: { API_URL: stack.urls.api, PUBLISHABLE_KEY: stack.keys.publishableKey },
  })
  expect(stdout).toMatch(/^WK-[0-9A-HJKMNP-TV-Z]{9} \[/)
  expect(stdout).toContain("name: 'Analytical Engines', plan_type: 'free'")
  expect(stdout.trimEnd()).toMatch(/null$/)
})

it.each([
  ['db push', ['--yes'], 'up to date'],
  ['gen types', [], 'workspace_members'],
  ['db advisors', [], 'No issues found'],
  ['db query', ['--read-only', 'select email from auth.users'], 'ada@example.com'],
])('supabase %s works against it', async (command, options, expected) => {
  const supabase = join(root, 'node_modules/.bin/supabase')
  const { stdout, stderr } = await promisify(execFile)(
    supabase,
    [...command.split(' '), `--remote=${stack.urls.database}`, ...options],
    { cwd: root },
  )
  expect(`${stdout}${stderr}`).toContain(expected)
})
