import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { acceptedProposalSchema, proposalSchema } from '../../../types/conversations.ts'
import type { Widget } from '../../../types/layout.ts'
import type { StoredView } from '../../../types/view.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { grant } from '../../support/dashboards/resource-grants.ts'
import { insertShare, makeView } from '../../support/dashboards/view-rows.ts'
import { type Actor, clientError } from '../../support/database/act.ts'
import { append, ask, finish } from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { commit, committedStory, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, theirs, viewer } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

// What an agent proposes: nothing until the person accepts, and then the person's own save.

const story = policySuite()
/** What is saved in one transaction is one version. */
const committed = committedStory()

const first = widget({ position: { x: 0, y: 0, width: 3, height: 2 } })
const second = widget({ position: { x: 3, y: 0, width: 3, height: 2 } })
const moved = { x: 6, y: 4, width: 3, height: 2 }

const read = (client: pg.Client, view: string, actor: Actor = member) =>
  call<StoredView>(client, actor, 'get_view', [view])
const save = (client: pg.Client, view: string, widgets: Widget[], version: number, actor: Actor = member) =>
  call<StoredView>(client, actor, 'save_layout', [view, JSON.stringify(layoutOf(...widgets)), version])

/** A view with two widgets, and a proposal to change it; the member's, or one that somebody shows them. */
async function propose(client: pg.Client, changes: unknown[], { isShown = false } = {}) {
  const owner = isShown ? admin : member
  const view = await makeView(client, owner, { visibility: isShown ? 'personal' : 'workspace' })
  if (isShown) await insertShare(client, { view_id: view, user_id: ids.member, access: 'edit' }, admin)
  const before = await read(client, view, owner)
  const { version } = await save(client, view, [first, second], before.version, owner)
  const begun = await ask(client)
  const proposalId = randomUUID()
  const patch = { type: 'patch', sequence: 1, proposalId, viewId: view, version, summary: 'Tidy up', changes }
  await append(client, begun, 0, [patch])
  await finish(client, begun)
  return { view, version, proposalId, begun }
}
const accept = async (client: pg.Client, proposal: string, actor: Actor = member, workspace = ours) =>
  acceptedProposalSchema.parse(await call(client, actor, 'accept_proposal', [workspace, proposal]))
const reject = (client: pg.Client, proposal: string, actor: Actor = member, workspace = ours) =>
  call(client, actor, 'reject_proposal', [workspace, proposal])

describe('a proposal', () => {
  it(
    'changes nothing until it is accepted, and then what it says',
    story(async (client) => {
      const { view, version, proposalId, begun } = await propose(client, [
        { change: 'move', instanceId: first.instanceId, position: moved },
        { change: 'hide', instanceId: second.instanceId },
        { change: 'add', widgetId: 'total-users', position: { x: 0, y: 8, width: 3, height: 2 }, config: {} },
      ])
      expect((await read(client, view)).version).toBe(version)
      const open = await call(client, member, 'list_proposals', [ours, begun.conversationId])
      expect(proposalSchema.array().parse(open)).toMatchObject([{ id: proposalId, status: 'open', version }])
      const elsewhere = await ask(client)
      expect(await call(client, member, 'list_proposals', [ours, elsewhere.conversationId])).toEqual([])
      const { proposal, view: saved } = await accept(client, proposalId)
      expect(proposal).toMatchObject({ status: 'accepted', madeVersion: saved.version })
      const byId = new Map(saved.layout.widgets.map((each) => [each.instanceId, each]))
      expect(saved.layout.widgets).toHaveLength(3)
      expect(byId.get(first.instanceId)).toMatchObject({ position: moved })
      expect(byId.get(second.instanceId)).toMatchObject({ visible: false })
      for (const decide of [accept, reject])
        expect(await clientError(decide(client, proposalId))).toMatchObject({
          code: 'conflict',
          details: 'accepted',
        })
    }),
  )

  it(
    'is brought together with what others changed meanwhile, and refused where both changed the same',
    committed(async (client) => {
      const one = await propose(client, [{ change: 'move', instanceId: first.instanceId, position: moved }])
      await commit(client)
      const elsewhere = { ...second, position: { x: 9, y: 9, width: 3, height: 2 } }
      await save(client, one.view, [first, elsewhere], one.version, admin)
      await commit(client)
      const { view } = await accept(client, one.proposalId)
      expect(view.layout.widgets.map(({ position }) => position)).toEqual(
        expect.arrayContaining([moved, elsewhere.position]),
      )

      await commit(client)
      const other = await propose(client, [{ change: 'move', instanceId: first.instanceId, position: moved }])
      await commit(client)
      await save(
        client,
        other.view,
        [{ ...first, position: elsewhere.position }, second],
        other.version,
        admin,
      )
      await commit(client)
      const conflict = await clientError(accept(client, other.proposalId))
      expect(conflict).toMatchObject({ code: 'conflict' })
      const { version, conflicts } = JSON.parse(String(conflict.details))
      const choices = Object.fromEntries(conflicts.map(({ key }: { key: string }) => [key, 'mine']))
      const resolved = await call<{ view: StoredView }>(client, member, 'accept_proposal', [
        ours,
        other.proposalId,
        JSON.stringify({ version, choices }),
      ])
      expect(resolved.view.layout.widgets.map(({ position }) => position)).toContainEqual(moved)
    }),
  )

  it(
    'gives nobody a right: it is saved with the access of who accepts, at that moment',
    story(async (client) => {
      const { view, version, proposalId } = await propose(
        client,
        [{ change: 'remove', instanceId: first.instanceId }],
        { isShown: true },
      )
      for (const [actor, code] of [
        [admin, 'not_found'],
        [outsider, 'not_found'],
        [viewer, 'permission_denied'],
      ] as const)
        for (const decide of [accept, reject])
          expect(await clientError(decide(client, proposalId, actor))).toMatchObject({ code })
      expect(await clientError(accept(client, proposalId, outsider, theirs))).toMatchObject({
        code: 'not_found',
        details: 'proposal_id',
      })
      await client.query("update public.dashboard_view_shares set access = 'view' where view_id = $1", [view])
      const refused = await clientError(accept(client, proposalId))
      expect(refused).toMatchObject({ code: 'permission_denied', details: 'edit' })
      expect((await read(client, view, admin)).version).toBe(version)
      expect(proposalSchema.parse(await reject(client, proposalId))).toMatchObject({ status: 'rejected' })
    }),
  )

  it.each<[what: string, change: object]>([
    ['a change of no kind', { change: 'destroy', instanceId: first.instanceId }],
    [
      'a place outside of the grid',
      { change: 'move', instanceId: first.instanceId, position: { x: 11, y: 0, width: 3, height: 1 } },
    ],
    ['a component that is not there', { change: 'add', widgetId: 'nothing', position: moved, config: {} }],
    [
      'a configuration that is none',
      { change: 'configure', instanceId: first.instanceId, config: { precision: 'x' } },
    ],
    ['nothing where something belongs', { change: 'move', instanceId: first.instanceId }],
  ])('with %s is refused whole', (_, change) =>
    story(async (client) => {
      const { view, version, proposalId } = await propose(client, [
        { change: 'hide', instanceId: second.instanceId },
        change,
      ])
      expect(await clientError(accept(client, proposalId))).toMatchObject({ code: 'invalid_input' })
      expect((await read(client, view)).version).toBe(version)
      expect((await client.query('select status from private.proposals')).rows).toEqual([{ status: 'open' }])
    })(),
  )

  it(
    'neither tells nor changes what is withheld from who accepts it',
    committed(async (client) => {
      await setPlan(client, 'premium', ours)
      const view = await makeView(client, admin, { visibility: 'workspace' })
      await insertShare(client, { view_id: view, user_id: ids.member, access: 'edit' }, admin)
      await commit(client)
      const { version } = await save(
        client,
        view,
        [first, second],
        (await read(client, view, admin)).version,
        admin,
      )
      const { rows } = await client.query('select id from public.widgets where instance_id = $1', [
        second.instanceId,
      ])
      const withheld = rows[0].id
      await grant(client, admin, {
        resource_type: 'widget',
        resource_id: withheld,
        role_key: 'member',
        access: 'none',
      })
      await commit(client)
      const begun = await ask(client)
      const proposalId = randomUUID()
      const changes = [
        { change: 'remove', instanceId: second.instanceId },
        { change: 'configure', instanceId: second.instanceId, config: { limit: 1 } },
        { change: 'move', instanceId: first.instanceId, position: moved },
      ]
      const patch = {
        type: 'patch',
        sequence: 1,
        proposalId,
        viewId: view,
        version,
        summary: 'Less',
        changes,
      }
      await append(client, begun, 0, [patch])
      await commit(client)
      // Meanwhile it is moved by who sees it: no conflict tells of it either.
      const theirs = { ...second, position: { x: 9, y: 9, width: 3, height: 2 } }
      await save(client, view, [first, theirs], version, admin)
      await commit(client)
      const { view: accepted } = await accept(client, proposalId)
      expect(accepted.layout.widgets).toMatchObject([{ instanceId: first.instanceId, position: moved }])
      expect(JSON.stringify(accepted)).not.toContain(second.instanceId)
      const seen = new Map(
        (await read(client, view, admin)).layout.widgets.map((each) => [each.instanceId, each]),
      )
      expect(seen.get(second.instanceId)).toMatchObject({
        position: theirs.position,
        config: second.config,
        visible: true,
      })
      for (const [name, values] of [
        ['export_view', [view]],
        ['export_dashboard', [ours]],
        ['get_view_version', [view, version]],
        ['compare_view_versions', [view, version]],
      ] as const) {
        const told = JSON.stringify(await call(client, member, name, [...values]))
        expect(told, name).not.toContain(second.instanceId)
        expect(told, name).not.toContain(withheld)
      }
    }),
  )

  it(
    'is for a view and a version of the answer’s own workspace, and its id is its own',
    story(async (client) => {
      const { view, version, proposalId } = await propose(client, [])
      const foreign = await makeView(client, outsider, { workspace_id: theirs, visibility: 'workspace' })
      const begun = await ask(client)
      const part = (more: object) => [
        {
          type: 'patch',
          sequence: 1,
          proposalId: randomUUID(),
          viewId: view,
          version,
          summary: '',
          changes: [],
          ...more,
        },
      ]
      for (const more of [
        { viewId: foreign, version: 1 },
        { version: version + 1 },
        { viewId: randomUUID() },
      ])
        expect(await clientError(append(client, begun, 0, part(more)))).toMatchObject({
          code: 'invalid_input',
          details: 'parts.patch',
        })
      expect(await clientError(append(client, begun, 0, part({ proposalId })))).toMatchObject({
        code: 'conflict',
        details: 'proposalId',
      })
      const twice = randomUUID()
      const parts = [1, 2].map((sequence) => ({ ...part({ proposalId: twice })[0], sequence }))
      expect(await clientError(append(client, begun, 0, parts))).toMatchObject({ details: 'proposalId' })
      const { rows } = await client.query('select count(*)::int from private.proposals')
      expect(rows).toEqual([{ count: 1 }])
    }),
  )
})
