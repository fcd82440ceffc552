import { Hono } from 'hono'
import { z } from 'zod'
import { isUuid, type Queryable, readBody } from '../../shared/index.ts'
import { orFailure } from '../accounts.ts'
import type { AuthContext } from '../context.ts'
import { AuthError, validationFailed } from '../errors.ts'
import { describeNewUser, describeUser, userResponse } from '../identities.ts'
import { assertTokenFits } from '../metadata-room.ts'
import { assertStrongPassword, hashPassword } from '../passwords.ts'
import { listUsers, lockUser, type User } from '../users.ts'
import { changeAccount } from './change-account.ts'
import { createAccount } from './create-account.ts'
import { hardDelete, softDelete } from './delete-account.ts'
import { checkUserInput, userSchema } from './user-input.ts'

const deleteSchema = z.object({ should_soft_delete: z.boolean().nullish() })

const defaultPageSize = 50
const largestPageSize = 1000

/** /admin/users: what supabase.auth.admin does with accounts. The caller has been checked. */
export function adminUserRoutes(context: AuthContext): Hono {
  const { database, settings } = context
  return new Hono()
    .post('/admin/users', async (c) => {
      const input = checkUserInput(await readBody(c.req.raw, userSchema))
      const answer = await orFailure('Database error creating new user', () =>
        database.transaction(async (sql) => {
          const user = await createAccount(sql, input)
          await assertTokenFits(context, user)
          return describeNewUser(sql, user)
        }),
      )
      return c.json(answer)
    })
    .get('/admin/users', async (c) => {
      const page = positive(c.req.query('page'), 1)
      const size = Math.min(positive(c.req.query('per_page'), defaultPageSize), largestPageSize)
      const { users, total } = await listUsers(database, { size, offset: (page - 1) * size })
      // As on Supabase, a list tells nobody's identities.
      const described = users.map((user) => userResponse(user, null))
      return c.json({ users: described, aud: 'authenticated' }, 200, {
        'x-total-count': String(total),
        link: pageLinks(page, size, total),
      })
    })
    .get('/admin/users/:id', async (c) => {
      const user = await requireAccount(database, c.req.param('id'))
      return c.json(await describeUser(database, user))
    })
    .put('/admin/users/:id', async (c) => {
      const input = checkUserInput(await readBody(c.req.raw, userSchema))
      if (input.password !== null) assertStrongPassword(input.password, settings)
      const passwordHash = input.password === null ? null : await hashPassword(input.password)
      const answer = await orFailure('Error updating user', () =>
        database.transaction(async (sql) => {
          const user = await requireAccount(sql, c.req.param('id'))
          const changed = await changeAccount(sql, user, input, passwordHash)
          await assertTokenFits(context, changed, user)
          return describeUser(sql, changed)
        }),
      )
      return c.json(answer)
    })
    .delete('/admin/users/:id', async (c) => {
      const hasBody = Number(c.req.header('content-length') ?? 0) > 0
      const { should_soft_delete } = hasBody ? await readBody(c.req.raw, deleteSchema) : {}
      await orFailure('Database error deleting user', () =>
        database.transaction(async (sql) => {
          const user = await requireAccount(sql, c.req.param('id'))
          await (should_soft_delete ? softDelete(sql, user) : hardDelete(sql, user))
        }),
      )
      return c.json({})
    })
}

/** @throws AuthError where there is no such account */
export async function requireAccount(sql: Queryable, id: string): Promise<User> {
  if (!isUuid(id)) throw new AuthError(404, 'validation_failed', 'user_id must be an UUID')
  const user = await lockUser(sql, id)
  if (!user) throw new AuthError(404, 'user_not_found', 'User not found')
  return user
}

function pageLinks(page: number, size: number, total: number): string {
  const last = Math.max(1, Math.ceil(total / size))
  const link = (number: number, relation: string) =>
    `</admin/users?page=${number}&per_page=${size}>; rel="${relation}"`
  return [...(page < last ? [link(page + 1, 'next')] : []), link(last, 'last')].join(', ')
}

function positive(text: string | undefined, fallback: number): number {
  if (!text) return fallback
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1)
    throw validationFailed(`Bad Pagination Parameters: ${text} is not a positive number`)
  return number
}
