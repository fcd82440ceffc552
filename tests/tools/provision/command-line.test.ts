import { expect, it } from 'vitest'
import { runProvision } from '../../support/stack/command-line.ts'
import { folderOf } from '../../support/stack/folders.ts'

const project = { url: 'http://127.0.0.1:1', secretKey: 'sb_secret_x' }

it.each([
  [project, [], 'A command is needed.'],
  [project, ['typo', 'x'], 'There is no command "typo".'],
  [project, ['pull'], 'It takes one folder.'],
  [project, ['push', 'x', '--force'], "Unknown option '--force'"],
  [project, ['push', '/no/such/folder'], 'There is no folder /no/such/folder.'],
  [project, ['diff', '.'], 'Say which workspace'],
  [{}, ['push', '.'], 'SUPABASE_URL and SUPABASE_SECRET_KEY say which project'],
  [{ ...project, url: 'x' }, ['push', '.'], 'SUPABASE_URL must be an address'],
])('%j %j says what is wrong', async (given, words, sentence) => {
  const { code, output } = await runProvision(given, ...words).ended
  expect(code).toBe(1)
  expect(output).toContain(sentence)
})

it('says that a project does not answer, without its key', async () => {
  const folder = folderOf({ 'workspace.json': { name: 'Studio', settings: {} } })
  const { code, output } = await runProvision(project, 'diff', folder).ended
  expect(code).toBe(1)
  expect(output).toContain('The project does not answer')
  expect(output).not.toContain(project.secretKey)
})

it('--help shows how it is called, and is no failure', async () => {
  const { code, output } = await runProvision(project, '--help').ended
  expect(code).toBe(0)
  expect(output).toMatch(/^Usage: npm run provision -- pull FOLDER/)
})
