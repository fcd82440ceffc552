import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { errorCodes } from '../../../types/catalog.ts'
import { type Actor, actAs, person } from '../../support/database/act.ts'
import { changingNothing, codeOf, outcomeOf } from '../../support/database/attacks.ts'
import { callOf, functionsOf, relationsOf } from '../../support/database/catalog.ts'
import { apiKeyId } from '../../support/database/policy-matrix.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { machine } from '../../support/people/api-keys.ts'
import { admin, ids, member, ours, theirs } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { matrixCast } from '../matrix/cast.ts'
import { views } from '../matrix/dashboard_views.ts'

// Attacks of somebody who holds an API key, with every scope that a key can have.

const story = policySuite(matrixCast)
const key = person(apiKeyId)

/** Arguments with which each function finds what it is about. */
const given = {
  workspace_id: ours,
  view_id: views.shared,
  resource_id: views.shared,
  theme_id: 'default',
  patch: { locale: 'de' },
  document: {},
}
const callWith = (method: Parameters<typeof callOf>[0], more: Record<string, unknown> = {}) => {
  const known = Object.entries({ ...given, ...more })
  const names = method.parameters.map(({ name }) => name)
  return callOf(method, Object.fromEntries(known.filter(([name]) => names.includes(name))))
}

/** What is for people: it belongs to the account that calls, and a key has none. */
const personal = [
  'accept_invitation',
  'accept_my_invitation',
  'activate_theme',
  'activate_view',
  'create_workspace',
  'decline_my_invitation',
  'delete_my_account',
  'duplicate_view',
  'export_my_data',
  'get_preferences',
  'import_dashboard',
  'leave_workspace',
  'list_notification_preferences',
  'list_notifications',
  'mark_notifications',
  'my_invitations',
  'patch_preferences',
  'session_context',
  'set_default_view',
  'set_notification_preference',
  'watch_view',
]

/** What decides about people and their rights, which no scope permits. */
const forAdministrators = [
  'change_member',
  'create_api_key',
  'create_invitation',
  'delete_workspace',
  'list_api_keys',
  'list_invitations',
  'remove_member',
  'transfer_workspace',
]

describe('whoever holds a key', () => {
  it(
    'gets an answer or a registered refusal from every function, and never a bare error of the database',
    story(async (client) => {
      for (const method of await functionsOf(client)) {
        const { sql, values } = callWith(method)
        const code = codeOf(await outcomeOf(client, key, sql, values))
        if (code !== undefined) expect(errorCodes, `${method.name}: ${code}`).toContain(code)
        await client.query('savepoint next; rollback to savepoint next')
      }
    }),
  )

  it(
    'is nobody where something personal is asked for',
    story(async (client) => {
      const methods = await functionsOf(client)
      await changingNothing(client, async () => {
        for (const name of personal) {
          const method = methods.find((each) => each.name === name)
          if (!method) throw new Error(`There is no function ${name}.`)
          const { sql, values } = callWith(method)
          expect(await outcomeOf(client, key, sql, values), name).toMatchObject({
            error: { code: 'permission_denied', details: 'person' },
          })
        }
      })
    }),
  )

  it(
    'makes nobody a member, gives no rights, and makes no key',
    story(async (client) => {
      const methods = await functionsOf(client)
      await changingNothing(client, async () => {
        for (const name of forAdministrators) {
          const method = methods.find((each) => each.name === name)
          if (!method) throw new Error(`There is no function ${name}.`)
          const { sql, values } = callWith(method, { user_id: ids.member })
          expect(codeOf(await outcomeOf(client, key, sql, values)), name).toBe('permission_denied')
        }
        for (const name of ['rotate_api_key', 'revoke_api_key'])
          expect(codeOf(await outcomeOf(client, key, `select public.${name}($1)`, [apiKeyId])), name).toBe(
            'permission_denied',
          )
      })
      for (const table of ['api_keys', 'active_members'])
        for (const sql of [`select 1 from private.${table}`, `delete from private.${table}`])
          expect(codeOf(await outcomeOf(client, key, sql)), sql).toBe('42501')
    }),
  )

  it(
    'finds nothing of another workspace, in which its maker is an administrator too',
    story(async (client) => {
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'admin')",
        [theirs, ids.admin],
      )
      for (const method of await functionsOf(client)) {
        if (!method.parameters.some(({ name }) => name === 'workspace_id')) continue
        const [mine, nobodys] = [theirs, 'WK-00000000Y'].map((workspace_id) =>
          callWith(method, { workspace_id }),
        )
        expect(await outcomeOf(client, key, mine?.sql ?? '', mine?.values), method.name).toEqual(
          await outcomeOf(client, key, nobodys?.sql ?? '', nobodys?.values),
        )
      }
      for (const { name, workspaceColumn } of await relationsOf(client))
        if (workspaceColumn) {
          const sql = `select 1 from public."${name}" where "${workspaceColumn}" = $1`
          const outcome = await outcomeOf(client, key, sql, [theirs])
          if (codeOf(outcome) !== '42501') expect(outcome, name).toEqual({ rows: [] })
        }
    }),
  )

  it(
    'sees no row that its maker does not see',
    story(async (client) => {
      await giveCustomRole(
        client,
        'keeper',
        ['api_keys.manage', 'components.read', 'dashboards.read', 'themes.read', 'workspace.read'],
        [ids.member],
      )
      const pairs: [Actor, Actor][] = [
        [key, admin],
        [
          await machine(client, ['dashboards.read', 'components.read', 'themes.read'], { maker: member }),
          member,
        ],
        [await machine(client, ['dashboards.read']), admin],
      ]
      for (const [holder, maker] of pairs)
        for (const { name } of await relationsOf(client)) {
          const rowsFor = (actor: Actor) => seenBy(client, actor, name)
          const allowed = new Set(await rowsFor(maker))
          expect(
            (await rowsFor(holder)).filter((row) => !allowed.has(row)),
            name,
          ).toEqual([])
        }
    }),
  )

  it(
    'of a key that is over finds nothing at all',
    story(async (client) => {
      await client.query('update private.api_keys set revoked_at = now() where id = $1', [apiKeyId])
      for (const { name, workspaceColumn } of await relationsOf(client))
        if (workspaceColumn) expect(await seenBy(client, key, name), name).toEqual([])
      for (const method of await functionsOf(client)) {
        if (!method.parameters.some((each) => each.name === 'workspace_id')) continue
        const { sql, values } = callWith(method)
        const outcome = await outcomeOf(client, key, sql, values)
        if (method.name === 'my_access') expect(outcome).toEqual({ rows: [{ answer: 'none' }] })
        else
          expect(['not_found', 'permission_denied', 'invalid_input'], method.name).toContain(codeOf(outcome))
      }
    }),
  )

  it(
    'hears the workspace and nobody in person, and only as long as the key counts',
    story(async (client) => {
      const hears = async (topic: string) => {
        await client.query("select set_config('realtime.topic', $1, true)", [topic])
        await client.query(
          "insert into realtime.messages (topic, extension, private) values ($1, 'broadcast', true)",
          [topic],
        )
        const { rowCount } = await actAs(client, key, 'select 1 from realtime.messages where topic = $1', [
          topic,
        ])
        return rowCount !== 0
      }
      expect(await hears(`workspace:${ours}`)).toBe(true)
      expect(await hears(`workspace:${theirs}`)).toBe(false)
      expect(await hears(`user:${ids.admin}`)).toBe(false)
      await client.query('update private.api_keys set revoked_at = now() where id = $1', [apiKeyId])
      expect(await hears(`workspace:${ours}`)).toBe(false)
    }),
  )
})

/** The rows of a table or view that somebody reads, as text: none where they may not. */
async function seenBy(client: pg.Client, actor: Actor, name: string): Promise<string[]> {
  const outcome = await outcomeOf(client, actor, `select to_jsonb(t)::text as row from public."${name}" t`)
  return 'rows' in outcome ? outcome.rows.map((row) => (row as { row: string }).row) : []
}
