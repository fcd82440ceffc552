import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { actAs, anonymous, person } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, outsider } from '../../support/people/cast.ts'
import { accept, adaId, eveId, invite, preview, signUp } from '../../support/people/invitations.ts'

const story = policySuite()

describe('preview_invitation', () => {
  it.each([
    ['anonymous callers', anonymous],
    ['the invited person', person(adaId)],
    ['anyone else who holds the token', outsider],
  ])('shows %s the workspace and the inviter, and no more', (_, actor) =>
    story(async (client) => {
      await signUp(client, adaId, 'ada@example.com')
      const { token, expiresAt } = await invite(client, admin, 'ada@example.com', 'viewer')
      expect(await preview(client, actor, token)).toEqual({
        workspaceName: 'Ours',
        inviterName: 'admin',
        expiresAt,
      })
    })(),
  )

  it(
    'leaves anonymous callers outside of the schema private',
    story(async (client) => {
      const { token } = await invite(client, admin, 'ada@example.com')
      await expect(
        actAs(client, anonymous, 'select private.preview_invitation($1)', [token]),
      ).rejects.toMatchObject({ code: '42501', message: 'permission denied for schema private' })
    }),
  )
})

describe('the token', () => {
  it(
    'is in no row, and in no error',
    story(async (client) => {
      const eve = await signUp(client, eveId, 'eve@example.com')
      const { token } = await invite(client, admin, 'ada@example.com')
      const failing = accept(client, eve, token)
      const error = await failing.catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(pg.DatabaseError)
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(token)
      const { rows } = await client.query<{ name: string }>(
        `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ('public', 'private') and c.relkind in ('r', 'p')`,
      )
      for (const { name } of rows) {
        const found = await client.query(`select from ${name} as t where t::text like '%' || $1 || '%'`, [
          token,
        ])
        expect(found.rowCount, name).toBe(0)
      }
    }),
  )
})
