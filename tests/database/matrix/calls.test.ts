import type pg from 'pg'
import { expect, it } from 'vitest'
import { gauge, insertComponent } from '../../support/dashboards/components.ts'
import { contractView } from '../../support/dashboards/layouts.ts'
import { contractTheme, makeTheme } from '../../support/dashboards/themes.ts'
import { dashboardOf } from '../../support/dashboards/transfer.ts'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours } from '../../support/people/cast.ts'
import { giveRole } from '../../support/people/members.ts'

// What a function takes, as its comment says: who has all permissions but one is told which one is missing, and who has
// no others than those gets through.

const story = onPremium(policySuite())

/** Ids that a call names: of a view and a theme that are shared. */
type Things = Record<'shared' | 'theme', string>

interface Call {
  name: string
  /** After the workspace. */
  values?: (things: Things) => unknown[]
  /** The permissions that it takes. */
  takes: string[]
  /** What it says without a permission of which it makes no mention. */
  hides?: Record<string, string>
}

const unseen = { 'dashboards.read': 'not_found view_id' }
const viewPart = { ...contractView, id: 'overview' }
const exportOfView = { ...dashboardOf({ kind: 'view', components: [], themes: [], views: [viewPart] }) }
delete exportOfView.preferences

const reading = ['dashboards.read']
const arranging = ['dashboards.read', 'dashboards.arrange']
const writing = ['dashboards.read', 'dashboards.write']
const painting = ['themes.read', 'themes.write']

const calls: Call[] = [
  { name: 'active_view', takes: reading },
  { name: 'list_views', takes: reading },
  { name: 'list_deleted_views', takes: reading },
  { name: 'set_default_view', values: ({ shared }) => [shared], takes: reading },
  { name: 'activate_view', values: ({ shared }) => [shared], takes: reading },
  { name: 'export_dashboard', takes: reading },
  { name: 'export_dashboard_part', takes: reading },
  { name: 'create_view', values: () => ['Mine'], takes: arranging },
  { name: 'create_view', values: () => ['Ours', '', null, 'workspace'], takes: writing },
  { name: 'import_view', values: () => [contractView], takes: arranging },
  { name: 'import_view', values: () => [exportOfView, 'workspace'], takes: writing },
  {
    name: 'import_dashboard',
    values: () => [dashboardOf({ components: [], themes: [], views: [viewPart], preferences: {} })],
    takes: arranging,
  },
  { name: 'set_role_default_view', values: () => [null, null], takes: ['workspace.update'] },
  { name: 'set_role_default_view', values: () => ['viewer', null], takes: ['workspace.update'] },
  {
    name: 'set_role_default_view',
    values: ({ shared }) => ['viewer', shared],
    takes: ['workspace.update', 'dashboards.read'],
    hides: unseen,
  },
  { name: 'get_dashboard', takes: ['dashboards.read', 'themes.read'] },
  { name: 'get_theme', values: ({ theme }) => [theme], takes: ['themes.read'] },
  { name: 'export_theme', values: ({ theme }) => [theme], takes: ['themes.read'] },
  { name: 'active_theme', takes: ['themes.read'] },
  { name: 'list_themes', takes: ['themes.read'] },
  { name: 'activate_theme', values: ({ theme }) => [theme], takes: ['themes.read'] },
  { name: 'activate_theme', values: () => [null], takes: ['themes.read'] },
  { name: 'patch_preferences', values: () => [{ active_theme_id: 'ocean' }], takes: ['themes.read'] },
  { name: 'import_theme', values: () => [contractTheme], takes: painting },
  { name: 'update_theme', values: ({ theme }) => [theme, { name: 'Ink' }], takes: painting },
  { name: 'delete_theme', values: ({ theme }) => [theme], takes: painting },
  { name: 'set_default_theme', values: ({ theme }) => [theme], takes: ['workspace.update'] },
  { name: 'available_components', takes: ['components.read'] },
  { name: 'get_component', values: () => ['gauge'], takes: ['components.read'] },
  { name: 'publish_component', values: () => [{ ...gauge, id: 'other' }], takes: ['components.write'] },
  { name: 'delete_component', values: () => ['gauge'], takes: ['components.write'] },
]

it(
  'who lacks a permission is told which, and who has no others than a call takes gets through',
  story(async (client) => {
    await insertComponent(client, ours, {})
    const things = { shared: await insertView(client), theme: await makeTheme(client, admin) }
    await giveRole(client, 'keeper', [], [ids.member])
    const { rows } = await client.query<{ key: string }>('select key from public.permissions')
    for (const { name, values, takes, hides } of calls) {
      const ask = async (permissions: string[]) => {
        await client.query("update public.workspace_roles set permissions = $1 where key = 'keeper'", [
          permissions,
        ])
        return outcomeOf(client, name, [ours, ...(values?.(things) ?? [])])
      }
      for (const key of takes) {
        // Who writes dashboards arranges them too.
        const missing = key === 'dashboards.arrange' ? [key, 'dashboards.write'] : [key]
        expect(
          await ask(rows.map((row) => row.key).filter((each) => !missing.includes(each))),
          `${name} without ${key}`,
        ).toBe(hides?.[key] ?? `permission_denied ${key}`)
      }
      expect(await ask(takes), `${name} with ${takes.join(' and ')} alone`).toBe('done')
    }
  }),
)

/** What comes of a call by the member, of which nothing stays: `done`, or the code and the details of the refusal. */
async function outcomeOf(client: pg.Client, name: string, values: unknown[]): Promise<string> {
  const places = values.map((_, index) => `$${index + 1}`).join(', ')
  await client.query('savepoint attempt')
  const attempt = actAs(client, member, `select public.${name}(${places})`, values)
  const outcome = await attempt.then(
    () => 'done',
    async () => {
      const { code, details } = await clientError(attempt)
      return `${code} ${details}`
    },
  )
  await client.query('rollback to savepoint attempt')
  return outcome
}
