/*
 * Which functions a project has: those of its configuration, and the folders that the Supabase CLI finds.
 */
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { readProject } from '../../local/config/index.ts'
import { createProject, type TestProject } from '../support/stack/project.ts'

let project: TestProject | undefined

afterEach(() => {
  project?.remove()
  project = undefined
})

it('finds functions and their files, and what holds of them', async () => {
  project = await createProject({
    'config.toml': `
[functions.elsewhere]
entrypoint = "../functions/elsewhere/main.ts"
import_map = "../functions/import_map.json"
verify_jwt = false
[functions.found]
enabled = false
[functions.named]
`,
    'functions/found/index.ts': '',
    'functions/by-folder/index.ts': '',
    'functions/_shared/index.ts': '',
    'functions/without-entrypoint/handler.ts': '',
  })
  const { root } = project
  const inFolder = (name: string) => join(root, 'supabase/functions', name, 'index.ts')
  expect(readProject(root).functions).toEqual({
    elsewhere: {
      enabled: true,
      verify_jwt: false,
      entrypoint: join(root, 'functions/elsewhere/main.ts'),
      import_map: join(root, 'functions/import_map.json'),
    },
    found: { enabled: false, verify_jwt: true, entrypoint: inFolder('found') },
    named: { enabled: true, verify_jwt: true, entrypoint: inFolder('named') },
    'by-folder': { enabled: true, verify_jwt: true, entrypoint: inFolder('by-folder') },
  })
})
