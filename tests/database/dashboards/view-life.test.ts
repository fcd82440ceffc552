import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { insertShare, insertView, insertWidget, makeView } from '../../support/dashboards/view-rows.ts'
import { actAs, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { machine } from '../../support/people/api-keys.ts'
import { admin, ids, member, ours, theirs, viewer } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { overEveryLimit, setPlan } from '../../support/people/plan.ts'

const story = policySuite()
const notFound = { status: 404, code: 'not_found', details: 'view_id' }

const listed = async (client: pg.Client, actor: typeof member, name = 'list_views') =>
  (await call<{ id: string }[]>(client, actor, name, [ours])).map(({ id }) => id)

const count = async (client: pg.Client, from: string) => (await client.query(`select from ${from}`)).rowCount

describe('a view', () => {
  it(
    'is its maker’s, whose name nobody else can take, with clean lines of text',
    story(async (client) => {
      const { id } = await call<{ id: string }>(client, member, 'create_view', [ours, ' Sales < 5\u202e\n'])
      const { rows } = await client.query(
        'select id, name, owner_id, created_by, visibility from public.dashboard_views',
      )
      expect(rows).toEqual([
        { id, name: 'Sales < 5', owner_id: ids.member, created_by: ids.member, visibility: 'personal' },
      ])
    }),
  )

  it.each<[string, Record<string, unknown>, string]>([
    ['no name', { name: ' \u200b' }, 'name'],
    ['a name of null', { name: null }, 'name'],
    ['HTML in its name', { name: 'a<b' }, 'name'],
    ['a script in its description', { description: '<\u200bscript>alert(1)</script>' }, 'description'],
    ['a long name', { name: 'x'.repeat(51) }, 'name'],
    ['a long description', { description: 'x'.repeat(201) }, 'description'],
    ['rows of no height', { row_height: 0 }, 'row_height'],
    ['rows of a height that is no number', { row_height: 'NaN' }, 'row_height'],
    ['a gap below nothing', { gap: -1 }, 'gap'],
    ['a visibility that there is not', { visibility: 'secret' }, 'visibility'],
  ])('with %s is refused by its field, and stays as it was', (_, values, details) =>
    story(async (client) => {
      const id = await makeView(client, member)
      const before = (await client.query('select * from public.dashboard_views')).rows
      const [[column, value] = ['', null]] = Object.entries(values)
      for (const actor of [member, service])
        expect(
          await clientError(
            actAs(client, actor, `update public.dashboard_views set ${column} = $1 where id = $2`, [
              value,
              id,
            ]),
          ),
        ).toMatchObject({ status: 400, code: 'invalid_input', details })
      expect(await clientError(makeView(client, member, values))).toMatchObject({
        code: 'invalid_input',
        details,
      })
      expect((await client.query('select * from public.dashboard_views')).rows).toEqual(before)
    })(),
  )

  it(
    'takes any size that there can be, and whoever makes one at an edge gets it',
    story(async (client) => {
      const id = await makeView(client, member)
      for (const [column, values] of Object.entries({
        row_height: ['0.5', '10000'],
        gap: ['0', '0.5', '10000'],
      }))
        for (const value of values) {
          const { rows } = await actAs(
            client,
            member,
            `update public.dashboard_views set ${column} = $1 where id = $2 returning ${column}::text as value`,
            [value, id],
          )
          expect(rows, column).toEqual([{ value }])
        }
      for (const column of ['row_height', 'gap'])
        for (const value of ['10000.5', '-0.5'])
          expect(
            await clientError(
              actAs(client, member, `update public.dashboard_views set ${column} = $1 where id = $2`, [
                value,
                id,
              ]),
            ),
          ).toMatchObject({ code: 'invalid_input', details: column })
    }),
  )

  it(
    'is told with each field under its own name, alone, in the list and in an export',
    story(async (client) => {
      const names = ['Active', 'Default', 'First']
      const views: string[] = []
      for (const name of names) views.push(await insertView(client, { name, owner_id: ids.admin }))
      await client.query(
        `update public.dashboard_views v
         set description = 'About ' || name, created_at = '2026-01-02T03:04:05Z', visibility = 'workspace',
           row_height = 40, gap = 8, is_managed = name = 'First'
         where id = any ($1)`,
        [views],
      )
      await client.query('alter table public.dashboard_views disable trigger dashboard_views_set_updated_at')
      await client.query("update public.dashboard_views set updated_at = '2026-06-07T08:09:10Z', version = 7")
      const [active, chosen, first] = views
      await call(client, member, 'activate_view', [ours, active])
      await call(client, member, 'set_default_view', [ours, chosen])
      await call(client, admin, 'set_role_default_view', [ours, 'member', first])
      const told = names.map((name, index) => ({
        id: views[index],
        name,
        description: `About ${name}`,
        isDefault: name === 'Default',
        isActive: name === 'Active',
        isRoleDefault: name === 'First',
        ...(name === 'First' && { roleId: 'member' }),
        isManaged: name === 'First',
        isReadOnly: false,
        visibility: 'workspace',
        access: 'edit',
        ownerId: ids.admin,
        version: 7,
        createdAt: '2026-01-02T03:04:05.000Z',
        updatedAt: '2026-06-07T08:09:10.000Z',
      }))
      expect(await call(client, member, 'list_views', [ours])).toEqual(
        told.map((view) => ({ ...view, widgetCount: 0 })),
      )
      const layout = { version: 1, gridColumns: 12, rowHeight: 40, gap: 8, widgets: [] }
      for (const view of told) {
        const { id, name, description, isDefault, isRoleDefault, createdAt, updatedAt } = view
        expect(await call(client, member, 'get_view', [id])).toEqual({ ...view, layout })
        expect(await call(client, member, 'export_view', [id])).toEqual({
          format: 'b-dashboard',
          version: 1,
          kind: 'view',
          exportedAt: expect.stringMatching(/Z$/),
          components: [],
          themes: [],
          views: [{ id, name, description, isDefault, isRoleDefault, createdAt, updatedAt, layout }],
        })
      }
      expect(await call(client, admin, 'list_views', [ours])).toMatchObject(
        names.map((name) => ({ name, access: 'manage', isDefault: false, isActive: false })),
      )
    }),
  )

  it(
    'of nobody is one of 200 that API keys make, whoever made the others',
    story(async (client) => {
      const key = await machine(client)
      await client.query(
        `insert into public.dashboard_views (workspace_id, name, visibility, deleted_at)
         select w, 'View ' || n, 'workspace', case when n = 200 then now() end
         from unnest($1::text[]) as w, generate_series(1, 200) as n`,
        [[ours, theirs]],
      )
      await insertView(client, { owner_id: ids.admin })
      const make = () => call(client, key, 'create_view', [ours, 'Last', '', null, 'workspace'])
      await make()
      expect(await clientError(make())).toMatchObject({
        status: 409,
        code: 'conflict',
        details: 'workspace_id',
      })
    }),
  )

  it(
    'is one of as many of a person as the plan says, of which deleted ones and those of others do not count',
    story(async (client) => {
      await setPlan(client, 'premium')
      await client.query(
        `insert into public.dashboard_views (workspace_id, name, visibility, owner_id)
         select $1, 'View ' || n, 'personal', $2 from generate_series(1, 199) as n`,
        [ours, ids.member],
      )
      await insertView(client, { owner_id: ids.admin })
      const last = await makeView(client, member)
      const full = { status: 409, ...overEveryLimit('views', 200) }
      expect(await clientError(makeView(client, member))).toMatchObject(full)
      expect(await clientError(call(client, member, 'create_view', [ours, 'One more']))).toMatchObject(full)
      expect(await clientError(call(client, member, 'duplicate_view', [last]))).toMatchObject(full)
      expect(await count(client, 'public.dashboard_views')).toBe(201)
      await makeView(client, admin)
      await call(client, member, 'delete_view', [last])
      await makeView(client, member)
      expect(await clientError(call(client, member, 'restore_view', [last]))).toMatchObject(full)
      expect(await listed(client, member, 'list_deleted_views')).toEqual([last])
    }),
  )

  it(
    'is one of at most 1,000 with those that are deleted, so that making and deleting fills no workspace',
    story(async (client) => {
      await client.query('alter table public.dashboard_views disable trigger dashboard_views_within_limit')
      await client.query(
        `insert into public.dashboard_views (workspace_id, name, visibility, owner_id, deleted_at)
         select $1, 'View ' || n, 'personal', $2, now() from generate_series(1, 999) as n`,
        [ours, ids.member],
      )
      await client.query('alter table public.dashboard_views enable trigger dashboard_views_within_limit')
      const last = await makeView(client, member)
      await call(client, member, 'delete_view', [last])
      expect(await clientError(makeView(client, member))).toMatchObject({ status: 409, code: 'conflict' })
      await call(client, member, 'restore_view', [last])
      expect(await count(client, 'public.dashboard_views')).toBe(1_000)
    }),
  )

  it(
    'is copied under a name that counts, whatever it was a copy of',
    story(async (client) => {
      const copied = async (name: string) => {
        const id = await insertView(client, { owner_id: ids.member, name })
        const { name: copy } = await call<{ name: string }>(client, member, 'duplicate_view', [id])
        await client.query('delete from public.dashboard_views where owner_id = $1', [ids.member])
        return copy
      }
      const long = 'Quarterly revenue by region and product'
      for (const [name, copy] of [
        ['Sales', 'Sales (copy)'],
        ['Sales (copy)', 'Sales (copy 2)'],
        ['Sales (copy 9)', 'Sales (copy 10)'],
        ['Sales (copy 9999)', 'Sales (copy 10000)'],
        ['Sales (copy 0)', 'Sales (copy 0) (copy)'],
        ['Sales (copies)', 'Sales (copies) (copy)'],
        [`${long} (copy)`, `${long} (copy 2)`],
        ['x'.repeat(50), `${'x'.repeat(43)} (copy)`],
        [`${'x'.repeat(43)} (copy)`, `${'x'.repeat(41)} (copy 2)`],
        [`${'x'.repeat(42)} ${'y'.repeat(7)}`, `${'x'.repeat(42)} (copy)`],
        ['(copy)', '(copy) (copy)'],
      ] as const)
        expect(await copied(name), name).toBe(copy)
    }),
  )

  it(
    'is copied as one’s own, without its shares',
    story(async (client) => {
      const id = await insertView(client, {
        owner_id: ids.admin,
        name: 'x'.repeat(50),
        visibility: 'workspace',
      })
      await insertWidget(client, { view_id: id })
      await insertShare(client, { view_id: id, user_id: ids.viewer })
      const copy = await call<Record<string, unknown>>(client, member, 'duplicate_view', [id])
      expect(copy).toMatchObject({
        name: `${'x'.repeat(43)} (copy)`,
        visibility: 'personal',
        ownerId: ids.member,
        access: 'manage',
        layout: { widgets: [{ widgetId: 'recent-orders' }] },
      })
      expect(await count(client, 'public.dashboard_view_shares')).toBe(1)
      expect(await count(client, 'public.widgets')).toBe(2)
      await giveCustomRole(client, 'custom', ['dashboards.read'], [ids.viewer])
      expect(await clientError(call(client, viewer, 'duplicate_view', [id]))).toMatchObject({
        code: 'permission_denied',
        details: 'dashboards.arrange',
      })
    }),
  )
})

describe('when somebody leaves', () => {
  it.each([
    ['leaves', (client: pg.Client) => call(client, member, 'leave_workspace', [ours])],
    ['is removed', (client: pg.Client) => call(client, admin, 'remove_member', [ours, ids.member])],
    ['deletes the account', (client: pg.Client) => call(client, member, 'delete_my_account', [])],
  ])('who %s takes along what is personal; what is the workspace’s stays, by nobody', (_, leave) =>
    story(async (client) => {
      const personal = await makeView(client, member)
      await insertWidget(client, { view_id: personal }, member)
      const shared = await makeView(client, member, { visibility: 'workspace' })
      await insertWidget(client, { view_id: shared }, member)
      const elsewhere = await insertView(client, { workspace_id: theirs, owner_id: ids.outsider })
      await leave(client)
      const { rows } = await client.query(
        'select id, owner_id from public.dashboard_views order by workspace_id',
      )
      expect(rows).toEqual([
        { id: shared, owner_id: null },
        { id: elsewhere, owner_id: ids.outsider },
      ])
      const { rows: widgets } = await client.query('select view_id from public.widgets')
      expect(widgets).toEqual([{ view_id: shared }])
      expect(await count(client, 'public.dashboard_view_shares')).toBe(0)
      expect(await listed(client, viewer)).toEqual([shared])
    })(),
  )

  it.each([
    ['leaves', (client: pg.Client) => call(client, member, 'leave_workspace', [ours])],
    ['deletes the account', (client: pg.Client) => call(client, member, 'delete_my_account', [])],
  ])('what who %s shared with people or roles goes to the admin who has been there longest', (_, leave) =>
    story(async (client) => {
      await client.query(
        `update public.workspace_members
         set role_key = 'admin', created_at = now() + case user_id when $1 then -1 else 1 end * interval '1 day'
         where workspace_id = $2 and user_id in ($1, $3)`,
        [ids.suspended, ours, ids.admin],
      )
      const [forRole, forViewer, unshared, deleted, forLeaver] = [
        await makeView(client, member),
        await makeView(client, member),
        await makeView(client, member),
        await makeView(client, member),
        await makeView(client, admin),
      ]
      await insertShare(client, { view_id: forRole, role_key: 'viewer' }, member)
      await insertShare(client, { view_id: forViewer, user_id: ids.viewer }, member)
      await insertShare(client, { view_id: deleted, user_id: ids.viewer }, member)
      await insertShare(client, { view_id: forLeaver, user_id: ids.member }, admin)
      await insertWidget(client, { view_id: forRole }, member)
      await call(client, member, 'delete_view', [deleted])
      await leave(client)
      const { rows } = await client.query('select id, owner_id, visibility from public.dashboard_views')
      const inherited = (id: string) => ({ id, owner_id: ids.admin, visibility: 'personal' })
      expect(rows).toHaveLength(3)
      expect(rows).toEqual(expect.arrayContaining([forRole, forViewer, forLeaver].map(inherited)))
      expect(rows.map(({ id }) => id)).not.toContain(unshared)
      expect(await call(client, viewer, 'get_view', [forRole])).toMatchObject({
        access: 'view',
        ownerId: ids.admin,
        layout: { widgets: [{ widgetId: 'recent-orders' }] },
      })
      expect(await call(client, admin, 'get_view', [forViewer])).toMatchObject({ access: 'manage' })
      const { rows: entries } = await client.query(
        `select row_id, changes from public.audit_log
         where table_name = 'dashboard_views' and changes ? 'owner_id' order by row_id`,
      )
      const changes = { owner_id: { old: ids.member, new: ids.admin } }
      expect(entries).toEqual([forRole, forViewer].sort().map((row_id) => ({ row_id, changes })))
    })(),
  )

  it(
    'who is suspended keeps what is theirs, and has it again later',
    story(async (client) => {
      const id = await makeView(client, member)
      const setStatus = (status: string) =>
        client.query('update public.workspace_members set status = $1 where user_id = $2', [
          status,
          ids.member,
        ])
      await setStatus('suspended')
      expect(await clientError(call(client, member, 'get_view', [id]))).toMatchObject(notFound)
      await setStatus('active')
      expect(await call(client, member, 'get_view', [id])).toMatchObject({ id, access: 'manage' })
    }),
  )
})
