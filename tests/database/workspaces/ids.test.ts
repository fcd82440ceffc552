import { describe, expect, it } from 'vitest'
import { actAs, clientError } from '../../support/database/act.ts'
import { callOf, contentsOf, takingAWorkspace } from '../../support/database/catalog.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, outsider } from '../../support/people/cast.ts'

const story = policySuite()

const refused = {
  status: 400,
  code: 'invalid_input',
  details: 'workspace_id',
  hint: expect.stringContaining('WK-'),
}

describe('what cannot be the id of a workspace', () => {
  it.each([
    ['nothing', null],
    ['an empty text', ''],
    ['small letters', 'wk-00000000a'],
    ['a letter that is never used', 'WK-00000000O'],
    ['one character more', 'WK-00000000AA'],
    ['a line break at the end', 'WK-00000000A\n'],
    ['a pattern', 'WK-_________'],
    ['a megabyte', 'W'.repeat(1_000_000)],
  ])('is refused by every function, be it %s', (_, id) =>
    story(async (client) => {
      const before = await contentsOf(client)
      for (const method of await takingAWorkspace(client)) {
        const isRequired = method.parameters.some((one) => one.name === 'workspace_id' && one.isRequired)
        // Where it can be left out, nothing is no id that is wrong.
        if (id === null && !isRequired) continue
        for (const actor of [admin, outsider]) {
          const { sql, values } = callOf(method, { workspace_id: '' })
          const given = values.map((value) => (value === '' ? id : value))
          expect(await clientError(actAs(client, actor, sql, given)), method.name).toMatchObject(refused)
        }
      }
      expect(await contentsOf(client)).toEqual(before)
    })(),
  )

  it.each([
    ['a role', "insert into public.workspace_roles (workspace_id, key, name) values ('WK-1', 'x', 'X')"],
    [
      'a grant',
      `insert into public.resource_grants (workspace_id, resource_type, resource_id, role_key, access)
       values ('WK-1', 'dashboard', gen_random_uuid(), 'viewer', 'view')`,
    ],
  ])('is refused in %s', (_, sql) =>
    story(async (client) => {
      const before = await contentsOf(client)
      expect(await clientError(actAs(client, admin, sql))).toMatchObject(refused)
      expect(await contentsOf(client)).toEqual(before)
    })(),
  )
})
