import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { insertComponent } from '../../support/dashboards/components.ts'
import { insertView, makeView } from '../../support/dashboards/view-rows.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, viewer } from '../../support/people/cast.ts'
import { invite } from '../../support/people/invitations.ts'
import { giveCustomRole } from '../../support/people/members.ts'

// What a hint proposes, whoever reads it can do: a refusal never leads to the next one. Somebody with a role that just
// leads to the refusal, and with every set of the permissions on which its hint depends, follows the hint.

const story = onPremium(policySuite())

interface Hint {
  name: string
  /** What leads to the refusal. */
  base: string[]
  /** What the hint looks at. */
  optional: string[]
  /** Makes what the refusal is about, and returns its id. */
  prepare(client: pg.Client): Promise<string>
  refused(client: pg.Client, id: string): Promise<unknown>
  /** By what the hint says: what it proposes. A hint that says nothing of them proposes nothing but to ask. */
  proposals: [words: RegExp, follow: (client: pg.Client, id: string) => Promise<unknown>][]
}

const copy: Hint['proposals'][number] = [
  /make a copy/i,
  (client, id) => call(client, member, 'duplicate_view', [id]),
]
const suspendedAddress = 'suspended@example.com'

const hints: Hint[] = [
  {
    name: 'a view that one may not change',
    base: ['dashboards.read'],
    optional: ['dashboards.arrange', 'components.read', 'workspace.read'],
    prepare: (client) => insertView(client),
    refused: (client, id) => call(client, member, 'delete_view', [id]),
    proposals: [copy],
  },
  {
    name: 'a view of nobody’s that shall be personal',
    base: ['dashboards.read', 'dashboards.write', 'dashboards.arrange', 'grants.write'],
    optional: ['workspace.update'],
    prepare: (client) => insertView(client),
    refused: (client, id) =>
      actAs(client, member, "update public.dashboard_views set visibility = 'personal' where id = $1", [id]),
    proposals: [copy],
  },
  {
    name: 'a view that people see first and that shall be personal',
    base: ['dashboards.read', 'dashboards.write', 'dashboards.arrange'],
    optional: ['workspace.update', 'workspace.read'],
    async prepare(client) {
      const id = await makeView(client, member, { visibility: 'workspace' })
      await call(client, admin, 'set_role_default_view', [ours, null, id])
      return id
    },
    refused: (client, id) =>
      actAs(client, member, "update public.dashboard_views set visibility = 'personal' where id = $1", [id]),
    proposals: [[/^Set another/, (client) => call(client, member, 'set_role_default_view', [ours])]],
  },
  {
    name: 'a personal view as what people see first',
    base: ['dashboards.read', 'dashboards.arrange', 'workspace.update'],
    optional: ['dashboards.write'],
    prepare: (client) => insertView(client, { owner_id: ids.member, visibility: 'personal' }),
    refused: (client, id) => call(client, member, 'set_role_default_view', [ours, null, id]),
    proposals: [
      [
        /^Share the view/,
        (client, id) =>
          actAs(client, member, "update public.dashboard_views set visibility = 'workspace' where id = $1", [
            id,
          ]),
      ],
    ],
  },
  {
    name: 'a personal theme as the default of the workspace',
    base: ['workspace.update', 'themes.read'],
    optional: ['themes.write', 'workspace.read'],
    async prepare(client) {
      const { rows } = await actAs<{ id: string }>(
        client,
        member,
        `insert into public.themes (workspace_id, name, colors, radius)
         select $1, 'Mine', t.colors, t.radius from public.built_in_themes t where t.key = 'default'
         returning id`,
        [ours],
      )
      return rows[0]?.id ?? ''
    },
    refused: (client, id) => call(client, member, 'set_default_theme', [ours, id]),
    proposals: [
      [
        /^Share it/,
        (client, id) =>
          actAs(client, member, "update public.themes set visibility = 'workspace' where id = $1", [id]),
      ],
    ],
  },
  {
    name: 'a widget of a component that is not for one’s role',
    base: ['dashboards.read', 'dashboards.write', 'dashboards.arrange'],
    optional: ['components.read'],
    async prepare(client) {
      await insertComponent(client, ours, { id: 'for-admins', allowedRoles: ['admin'] })
      return makeView(client, member)
    },
    refused: (client, id) =>
      actAs(
        client,
        member,
        `insert into public.widgets (workspace_id, view_id, component_key, x, y, width, height, config)
         values ($1, $2, 'for-admins', 0, 0, 3, 2, '{"unit": "l"}')`,
        [ours, id],
      ),
    proposals: [[/available_components/, (client) => call(client, member, 'available_components', [ours])]],
  },
  {
    name: 'a role that members have and that shall go',
    base: ['workspace.read', 'roles.write'],
    optional: ['members.update', 'members.read'],
    async prepare(client) {
      for (const key of ['used', 'other'])
        await client.query(
          'insert into public.workspace_roles (workspace_id, key, name) values ($1, $2, $2)',
          [ours, key],
        )
      await client.query("update public.workspace_members set role_key = 'used' where user_id = $1", [
        ids.viewer,
      ])
      return 'used'
    },
    refused: (client, key) =>
      actAs(client, member, 'delete from public.workspace_roles where key = $1', [key]),
    proposals: [
      [/^Give them/, (client) => call(client, member, 'change_member', [ours, ids.viewer, 'other'])],
    ],
  },
  {
    name: 'an invitation of who is in the workspace',
    base: ['members.invite', 'workspace.read'],
    optional: ['members.update', 'members.read'],
    async prepare(client) {
      await client.query('insert into public.workspace_roles (workspace_id, key, name) values ($1, $2, $2)', [
        ours,
        'guest',
      ])
      await client.query("update public.workspace_members set role_key = 'guest' where user_id = $1", [
        ids.suspended,
      ])
      return suspendedAddress
    },
    refused: (client, email) => invite(client, member, email, 'guest'),
    proposals: [
      [
        /^Change the role/,
        (client) => call(client, member, 'change_member', [ours, ids.suspended, null, 'active']),
      ],
    ],
  },
  {
    name: 'an invitation of who has been invited to a higher role',
    base: ['members.invite', 'workspace.read'],
    optional: ['members.read'],
    async prepare(client) {
      await client.query('insert into public.workspace_roles (workspace_id, key, name) values ($1, $2, $2)', [
        ours,
        'guest',
      ])
      return (await invite(client, admin, 'ada@example.com', 'admin')).id
    },
    refused: (client) => invite(client, member, 'ada@example.com', 'guest'),
    proposals: [
      [
        /^Revoke that invitation/,
        (client, id) => actAs(client, member, 'select public.revoke_invitation($1, $2)', [ours, id]),
      ],
    ],
  },
]

/** Every set of some permissions. */
const subsets = (all: string[]): string[][] =>
  Array.from({ length: 2 ** all.length }, (_, set) => all.filter((__, index) => set & (1 << index)))

describe.each(hints)('the hint about $name', ({ base, optional, prepare, refused, proposals }) => {
  it.each(subsets(optional).map((more) => [more.join(', ') || 'nothing more', more] as const))(
    'proposes to who holds %s what they can do',
    (_, more) =>
      story(async (client) => {
        const id = await prepare(client)
        await giveCustomRole(client, 'asking', [...base, ...more], [ids.member])
        const { hint } = await clientError(refused(client, id))
        expect(hint).toMatch(/\.$/)
        for (const [words, follow] of proposals)
          if (words.test(String(hint))) await expect(follow(client, id), String(hint)).resolves.toBeDefined()
      })(),
  )

  it('proposes something to who holds everything', () =>
    story(async (client) => {
      const id = await prepare(client)
      await giveCustomRole(client, 'asking', [...base, ...optional], [ids.member])
      const { hint } = await clientError(refused(client, id))
      expect(proposals.filter(([words]) => words.test(String(hint)))).toHaveLength(1)
    })())
})

it('a hint about what has ended proposes an invitation only where it can be made', () =>
  story(async (client) => {
    const { id } = await invite(client, admin, 'ada@example.com')
    const revoke = () => clientError(call(client, admin, 'revoke_invitation', [ours, id]))
    await client.query('update public.workspace_invitations set accepted_at = now()')
    expect((await revoke()).hint).not.toContain('Invite')
    await client.query('update public.workspace_invitations set accepted_at = null, revoked_at = now()')
    expect((await revoke()).hint).toContain('Invite')
    await expect(invite(client, admin, 'ada@example.com')).resolves.toBeDefined()
  })())

it('no refusal sends a viewer to a list that is not for them', () =>
  story(async (client) => {
    await giveCustomRole(client, 'asking', ['workspace.read'], [ids.viewer])
    for (const [name, values] of [
      ['get_view', [ids.viewer]],
      ['list_views', [ours]],
      ['get_theme', [ours, 'default']],
      ['get_component', [ours, 'total-revenue']],
      ['get_member', [ours, ids.admin]],
    ] as const)
      expect((await clientError(call(client, viewer, name, [...values]))).hint, name).not.toMatch(
        /list|Read /,
      )
  })())
