import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { paymentRequiredSchema } from '../../../types/entitlements.ts'
import { listedViewSchema, type StoredView } from '../../../types/view.ts'
import { insertShare, insertView, insertWidget, makeView } from '../../support/dashboards/view-rows.ts'
import { answers, saveSource } from '../../support/dashboards/widget-data.ts'
import { type Actor, actAs, clientError, service } from '../../support/database/act.ts'
import { append, ask } from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { machine } from '../../support/people/api-keys.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { accept, invite, revoke, signUp } from '../../support/people/invitations.ts'
import { join } from '../../support/people/members.ts'
import { limitFree, overLimit, setPlan } from '../../support/people/plan.ts'

const story = policySuite()
const suspend = (client: pg.Client, user: string, status: string) =>
  call(client, admin, 'change_member', [ours, user, null, status])

describe('a catalog', () => {
  it(
    'has a row for every plan and limit, and each plan has more than the one before',
    story(async (client) => {
      const { rows } = await client.query(
        `select l.key, array_agg(m.most order by p.position) as most
         from public.limits l cross join public.plans p
         left join public.plan_limits m on m.limit_key = l.key and m.plan_key = p.key
         group by l.key having count(m.plan_key) <> count(p.key) or bool_or(
           p.key = 'premium' and m.most <= (
             select f.most from public.plan_limits f where f.limit_key = l.key and f.plan_key = 'free'))`,
      )
      expect(rows).toEqual([])
    }),
  )
})

describe('seats', () => {
  it(
    'are for members and open invitations together, and a full workspace invites nobody',
    story(async (client) => {
      // Three are active, one is suspended, who has no seat.
      await limitFree(client, { members: 4 })
      const { id } = await invite(client, admin, 'ada@example.com')
      const refused = await clientError(invite(client, admin, 'eve@example.com'))
      expect(refused).toMatchObject({ status: 402, ...overLimit('members', 4, 5) })
      expect(paymentRequiredSchema.parse(JSON.parse(String(refused.details)))).toEqual({
        limit: 'members',
        most: 4,
        use: 5,
        plan: 'premium',
      })
      expect(refused.message).toBe('The free plan has room for no more members than 4.')
      // Sent again it takes the seat that it has.
      await call(client, admin, 'resend_invitation', [ours, id])
      await revoke(client, admin, id)
      await invite(client, admin, 'eve@example.com')
      await setPlan(client, 'premium', ours)
      await invite(client, admin, 'ada@example.com')
    }),
  )

  it(
    'are taken by who joins, and refused to who comes too late, also by a server',
    story(async (client) => {
      await limitFree(client, { members: 4 })
      const ada = await signUp(client, '00000000-0000-4000-8000-000000000101', 'ada@example.com')
      const { token } = await invite(client, admin, 'ada@example.com')
      await signUp(client, '00000000-0000-4000-8000-000000000102', 'eve@example.com')
      await actAs(client, service, "select public.admin_set_member($1, 'eve@example.com', 'viewer')", [ours])
      expect(await clientError(accept(client, ada, token))).toMatchObject(overLimit('members', 4, 5))
      await signUp(client, '00000000-0000-4000-8000-000000000103', 'bob@example.com')
      expect(
        await clientError(call(client, service, 'admin_set_member', [ours, 'bob@example.com', 'viewer'])),
      ).toMatchObject(overLimit('members', 4, 5))
      await call(client, admin, 'remove_member', [ours, ids.viewer])
      expect(await accept(client, ada, token)).toMatchObject({ role_key: 'member' })
    }),
  )

  it(
    'are left by who is suspended, and taken by who is let back in',
    story(async (client) => {
      await limitFree(client, { members: 3 })
      expect(await clientError(suspend(client, ids.suspended, 'active'))).toMatchObject(
        overLimit('members', 3, 4),
      )
      await suspend(client, ids.viewer, 'suspended')
      await suspend(client, ids.suspended, 'active')
      expect(await clientError(suspend(client, ids.viewer, 'active'))).toMatchObject({
        code: 'payment_required',
      })
      const { rows } = await client.query('select taken from private.seats where workspace_id = $1', [ours])
      expect(rows).toEqual([{ taken: '3' }])
    }),
  )

  it(
    'tell a stranger of no plan',
    story(async (client) => {
      await limitFree(client, { members: 1, views: 0, data_sources: 0 })
      for (const attempt of [
        () => invite(client, outsider, 'ada@example.com'),
        () => saveSource(client, answers, { actor: outsider }),
        () => call(client, outsider, 'create_view', [ours, 'Mine']),
        () => call(client, outsider, 'entitlements', [ours]),
        () => call(client, outsider, 'preview_plan_change', [ours, 'free']),
        () => makeView(client, outsider),
        () => makeView(client, suspended),
      ])
        expect(await clientError(attempt())).toMatchObject({ code: 'not_found', details: 'workspace_id' })
    }),
  )
})

describe('what is beyond a limit', () => {
  it(
    'among views of a person can be read and deleted, and changes again once there is room',
    story(async (client) => {
      await setPlan(client, 'premium', ours)
      const views: string[] = []
      for (const day of ['01', '02', '03']) {
        const view = await insertView(client, { owner_id: ids.member, visibility: 'workspace', name: day })
        await client.query('update public.dashboard_views set created_at = $2 where id = $1', [
          view,
          `2026-01-${day}`,
        ])
        views.push(view)
      }
      // None of these is one of the three: a deleted one, one of a colleague, and one of another workspace.
      await insertView(client, { owner_id: ids.member, deleted_at: '2026-01-04' })
      await insertView(client, { owner_id: ids.admin })
      await join(client, theirs, ids.member)
      await insertView(client, { workspace_id: theirs, owner_id: ids.member })
      const [first = '', second = '', third = ''] = views
      // They were made before, and what changes now is another version.
      await client.query(
        'update private.view_versions set transaction_id = (pg_current_xact_id()::text::bigint - 1)::text::xid8',
      )
      await setPlan(client, 'free', ours)
      await limitFree(client, { views: 2 })
      const rename = (view: string, actor = member) =>
        actAs(client, actor, "update public.dashboard_views set name = 'Renamed' where id = $1", [view])
      const beyond = overLimit('views', 2, 3)
      expect((await rename(second)).rowCount).toBe(1)
      const refused = await clientError(rename(third))
      expect(refused).toMatchObject(beyond)
      expect(refused.message).toBe(
        'The free plan has room for no more views of a person than 2; what came later can be read and deleted, and not changed.',
      )
      // Whoever changes it, and a widget of it too.
      expect(await clientError(rename(third, admin))).toMatchObject(beyond)
      const add = `insert into public.widgets (workspace_id, view_id, component_key, x, y, width, height)
        values ($1, $2, 'total-revenue', 0, 0, 3, 2)`
      expect(await clientError(actAs(client, member, add, [ours, third]))).toMatchObject(beyond)
      expect((await rename(third, viewer)).rowCount).toBe(0)
      expect(await clientError(call(client, member, 'create_view', [ours, 'Another']))).toMatchObject(
        overLimit('views', 2, 4),
      )
      expect(await call(client, member, 'get_view', [third])).toMatchObject({
        name: '03',
        access: 'manage',
        isReadOnly: true,
      })
      const readOnly = async (actor: Actor) =>
        listedViewSchema
          .array()
          .parse(await call(client, actor, 'list_views', [ours]))
          .flatMap(({ name, isReadOnly }) => (isReadOnly ? [name] : []))
      for (const actor of [member, admin, viewer]) expect(await readOnly(actor)).toEqual(['03'])
      await limitFree(client, { views: 0 })
      expect(await readOnly(admin)).toHaveLength(4)
      await limitFree(client, { views: 2 })

      await call(client, member, 'delete_view', [first])
      expect(await readOnly(admin)).toEqual([])
      expect((await rename(third)).rowCount).toBe(1)
      expect(await clientError(call(client, member, 'restore_view', [first]))).toMatchObject(beyond)
      await setPlan(client, 'premium', ours)
      await call(client, member, 'restore_view', [first])
    }),
  )

  it(
    'among views changes by no way around, and who sees it can still be said',
    story(async (client) => {
      await setPlan(client, 'premium', ours)
      const older = await makeView(client, member)
      await client.query("update public.dashboard_views set created_at = '2026-01-01' where id = $1", [older])
      const view = await makeView(client, member, { visibility: 'workspace', name: 'Board' })
      const laterVersion = () =>
        client.query(
          'update private.view_versions set transaction_id = (pg_current_xact_id()::text::bigint - 1)::text::xid8',
        )
      const read = () => call<StoredView>(client, member, 'get_view', [view])
      await laterVersion()
      await insertWidget(client, { view_id: view }, member)
      await laterVersion()
      const begun = await ask(client)
      const proposalId = randomUUID()
      const { version, layout } = await read()
      const [shown] = layout.widgets
      const hide = { change: 'hide', instanceId: shown?.instanceId }
      const patch = { proposalId, viewId: view, version, summary: 'Less', changes: [hide] }
      await append(client, begun, 0, [{ type: 'patch', sequence: 1, ...patch }])
      const moved = { ...layout, widgets: layout.widgets.map((each) => ({ ...each, visible: false })) }
      const document = JSON.stringify({ ...(await read()), name: 'Renamed' })
      const exported = JSON.stringify(await call(client, member, 'export_view', [view]))
      const key = await machine(client)

      await setPlan(client, 'free', ours)
      await limitFree(client, { views: 1 })
      const row = "update public.dashboard_views set name = 'Renamed' where id = $1"
      const changes = [
        overLimit('views', 1, 2),
        [
          ...[member, admin, key].map((actor) => () => actAs(client, actor, row, [view])),
          ...[member, admin, service].map(
            (actor) => () => call(client, actor, 'save_view', [view, document, version]),
          ),
          () => call(client, member, 'save_layout', [view, JSON.stringify(moved), version]),
          () => call(client, member, 'restore_view_version', [view, 1]),
          () => call(client, member, 'accept_proposal', [ours, proposalId]),
          () => insertWidget(client, { view_id: view, y: 4 }, admin),
          () => actAs(client, member, 'update public.widgets set y = 9 where view_id = $1', [view]),
          () => actAs(client, admin, 'delete from public.widgets where view_id = $1', [view]),
        ],
      ] as const
      const copies = [
        overLimit('views', 1, 3),
        [
          () => call(client, member, 'duplicate_view', [view]),
          () => call(client, member, 'import_view', [ours, exported]),
          () => call(client, member, 'create_view', [ours, 'Another']),
        ],
      ] as const
      for (const [refusal, ways] of [changes, copies])
        for (const way of ways) expect(await clientError(way()), String(way)).toMatchObject(refusal)
      expect(await read()).toMatchObject({ name: 'Board', version, layout })

      const share = await insertShare(client, { view_id: view, user_id: ids.viewer, access: 'edit' }, member)
      const give = 'update public.dashboard_view_shares set access = $2 where id = $1'
      expect((await actAs(client, member, give, [share, 'view'])).rowCount).toBe(1)
      const see = 'update public.dashboard_views set visibility = $2 where id = $1'
      for (const visibility of ['personal', 'workspace'])
        expect((await actAs(client, member, see, [view, visibility])).rowCount).toBe(1)
      const take = 'delete from public.dashboard_view_shares where view_id = $1'
      expect((await actAs(client, member, take, [view])).rowCount).toBe(1)
      expect((await read()).version).toBe(version)
    }),
  )

  it(
    'among data sources can be read and deleted',
    story(async (client) => {
      await setPlan(client, 'premium', ours)
      const one = await saveSource(client, answers)
      await client.query("update private.data_sources set created_at = '2026-01-01'")
      const two = await saveSource(client, { ...answers, name: 'Later' })
      await setPlan(client, 'free', ours)
      await limitFree(client, { data_sources: 1 })
      await saveSource(client, answers, { id: one.id })
      expect(await clientError(saveSource(client, answers, { id: two.id }))).toMatchObject(
        overLimit('data_sources', 1, 2),
      )
      expect(await clientError(saveSource(client, answers))).toMatchObject(overLimit('data_sources', 1, 3))
      expect(await call(client, admin, 'get_data_source', [ours, two.id])).toMatchObject({ name: 'Later' })
      await call(client, admin, 'delete_data_source', [ours, one.id])
      await saveSource(client, answers, { id: two.id })
    }),
  )

  it(
    'among agents still answers and can be read and deleted',
    story(async (client) => {
      await setPlan(client, 'premium', ours)
      const save = (id?: string) =>
        call<{ id: string }>(client, member, 'save_agent', [
          ours,
          '{"name": "Analyst", "kind": "custom", "instructions": ""}',
          id ?? null,
          id ? 1 : null,
        ])
      const [one, two] = [await save(), await save()]
      await setPlan(client, 'free', ours)
      await limitFree(client, { agents: 1 })
      await save(one.id)
      const refused = await clientError(save(two.id))
      expect(refused).toMatchObject(overLimit('agents', 1, 2))
      expect(refused.message).toBe(
        'The free plan has room for no more AI agents than 1; what came later can be read and deleted, and not changed.',
      )
      expect(await clientError(save())).toMatchObject(overLimit('agents', 1, 3))
      expect(await ask(client, member, { agent: two.id })).toMatchObject({ agent: { id: two.id } })
      await call(client, member, 'delete_agent', [ours, one.id])
      await save(two.id)
    }),
  )

  it(
    'is nothing on the largest plan, whoever has more by inheritance',
    story(async (client) => {
      await setPlan(client, 'premium', ours)
      const view = await insertView(client, { owner_id: ids.member })
      await client.query("update public.plan_limits set most = 0 where limit_key = 'views'")
      const rename = "update public.dashboard_views set name = 'Renamed' where id = $1"
      expect((await actAs(client, member, rename, [view])).rowCount).toBe(1)
    }),
  )
})
