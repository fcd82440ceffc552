import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { accessExplanationSchema } from '../../../types/index.ts'
import { board, createBoards, grant, piece } from '../../support/dashboards/resource-grants.ts'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, viewer } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

const story = policySuite(createBoards)
const premium = onPremium(story)

async function explained(client: pg.Client, actor: Actor, id: string, userId?: string, type = 'dashboard') {
  const { rows } = await actAs(
    client,
    actor,
    userId
      ? 'select public.explain_access($1, $2, $3) as answer'
      : 'select public.explain_access($1, $2) as answer',
    userId ? [type, id, userId] : [type, id],
  )
  return accessExplanationSchema.parse(rows[0]?.answer)
}

describe('explain_access', () => {
  it(
    'says what oneself can do and why',
    premium(async (client) => {
      expect(await explained(client, member, board)).toMatchObject({
        workspaceId: ours,
        userId: ids.member,
        access: 'edit',
        reasons: [
          { kind: 'role', role: 'member', gives: 'edit', counts: true },
          { kind: 'visibility', visibility: 'workspace', counts: true },
        ],
      })
    }),
  )

  it(
    'names the grant that counts and the one that another overrules',
    premium(async (client) => {
      await grant(client, admin, { role_key: 'viewer', access: 'none' })
      await grant(client, admin, { user_id: ids.viewer, access: 'edit' })
      const answer = await explained(client, admin, board, ids.viewer)
      expect(answer.access).toBe('edit')
      expect(answer.reasons.filter(({ kind }) => kind === 'grant')).toEqual([
        { kind: 'grant', to: 'person', access: 'edit', gives: 'edit', counts: true },
        {
          kind: 'grant',
          to: 'role',
          access: 'none',
          gives: 'none',
          counts: false,
          because: 'personal_grant',
        },
      ])

      await setPlan(client, 'free')
      const later = await explained(client, admin, board, ids.viewer)
      expect(later.access).toBe('none')
      expect(later.reasons.filter(({ kind }) => kind === 'grant')).toMatchObject([
        { to: 'person', counts: false, because: 'plan' },
        { to: 'role', counts: true },
      ])
    }),
  )

  it(
    'explains a widget by its view and by grants on it',
    premium(async (client) => {
      await grant(client, admin, {
        resource_type: 'widget',
        resource_id: piece,
        user_id: ids.viewer,
        access: 'none',
      })
      const answer = await explained(client, admin, piece, ids.viewer, 'widget')
      expect(answer).toMatchObject({
        access: 'none',
        reasons: [
          { kind: 'view', viewId: board, gives: 'view', counts: true },
          { kind: 'grant', access: 'none', counts: true },
        ],
      })
    }),
  )

  it(
    'tells of others only who administers the thing, and strangers nothing',
    premium(async (client) => {
      expect(await clientError(explained(client, member, board, ids.viewer))).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: 'manage',
      })
      await grant(client, admin, { user_id: ids.member, access: 'manage' })
      expect((await explained(client, member, board, ids.viewer)).access).toBe('view')
      await grant(client, admin, { user_id: ids.viewer, access: 'none' })
      for (const actor of [
        viewer,
        { role: 'authenticated', sub: '00000000-0000-4000-8000-00000000ffff' } as const,
      ])
        expect(await clientError(explained(client, actor, board))).toMatchObject({
          status: 404,
          code: 'not_found',
          details: 'resource_id',
        })
      expect(await clientError(explained(client, outsider, piece, undefined, 'widget'))).toMatchObject({
        code: 'not_found',
      })
      expect(await clientError(explained(client, admin, board, ids.outsider))).toMatchObject({
        code: 'not_found',
        details: 'user_id',
      })
    }),
  )
})
