/*
 * What the Supabase CLI takes as a configuration is taken here, with the same defaults.
 */
import { afterEach, expect, it } from 'vitest'
import { readProject } from '../../local/config/index.ts'
import { createProject, type TestProject } from '../support/stack/project.ts'

let project: TestProject | undefined

afterEach(() => {
  project?.remove()
  project = undefined
})

async function read(config: string) {
  project = await createProject({ 'config.toml': config })
  return readProject(project.root)
}

it.each([
  ['an empty file', ''],
  ['a file without sections', 'project_id = "test"\n'],
])('takes %s', async (_case, config) => {
  const { api, db, local_smtp, auth } = await read(config)
  expect([api.port, db.port, db.major_version]).toEqual([54321, 54322, 17])
  expect(api.schemas).toEqual(['public', 'graphql_public'])
  expect(local_smtp).toEqual({
    port: 54324,
    smtp_port: 54325,
    admin_email: 'admin@email.com',
    sender_name: 'Admin',
  })
  expect(auth.email.enable_confirmations).toBe(false)
})

it('takes the mail section by its older name, and the current one where both stand', async () => {
  const older = '[inbucket]\nport = 60001\nsender_name = "Dashboard"\n'
  expect((await read(older)).local_smtp).toMatchObject({ port: 60001, sender_name: 'Dashboard' })
  expect((await read(`${older}[local_smtp]\nport = 60002\n`)).local_smtp).toMatchObject({
    port: 60002,
    sender_name: 'Admin',
  })
})
