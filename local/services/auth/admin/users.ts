import { Hono } from 'hono'
import { z } from 'zod'
import { firstOf, isUuid, type Queryable, readBody } from '../../shared/index.ts'
import { orFailure } from '../accounts.ts'
import type { AuthContext } from '../context.ts'
import { AuthError, validationFailed } from '../errors.ts'
import { describeUser, type Identity, userResponse } from '../identities.ts'
import { lockUser, type User } from '../users.ts'
import { changeAccount } from './change-account.ts'
import { createAccount } from './create-account.ts'
import { hardDelete, softDelete } from './delete-account.ts'
import { userSchema } from './user-input.ts'

const deleteSchema = z.object({ should_soft_delete: z.boolean().default(false) })

const defaultPageSize = 50
const largestPageSize = 1000

/** /admin/users: what supabase.auth.admin does with accounts. The caller has been checked. */
export function adminUserRoutes(context: AuthContext): Hono {
  const { database } = context
  return new Hono()
    .post('/admin/users', async (c) => {
      const input = await readBody(c.req.raw, userSchema)
      const answer = await orFailure('Database error creating new user', () =>
        database.transaction(async (sql) => describeUser(sql, await createAccount(sql, input))),
      )
      return c.json(answer)
    })
    .get('/admin/users', async (c) => {
      const page = positive(c.req.query('page'), 1)
      const size = Math.min(positive(c.req.query('per_page'), defaultPageSize), largestPageSize)
      const { users, total } = await listUsers(database, page, size)
      return c.json({ users, aud: 'authenticated' }, 200, {
        'x-total-count': String(total),
        link: pageLinks(page, size, total),
      })
    })
    .get('/admin/users/:id', async (c) => {
      const user = await requireAccount(database, c.req.param('id'))
      return c.json(await describeUser(database, user))
    })
    .put('/admin/users/:id', async (c) => {
      const input = await readBody(c.req.raw, userSchema)
      const answer = await orFailure('Error updating user', () =>
        database.transaction(async (sql) => {
          const user = await requireAccount(sql, c.req.param('id'))
          return describeUser(sql, await changeAccount(context, sql, user, input))
        }),
      )
      return c.json(answer)
    })
    .delete('/admin/users/:id', async (c) => {
      const hasBody = Number(c.req.header('content-length') ?? 0) > 0
      const { should_soft_delete } = hasBody
        ? await readBody(c.req.raw, deleteSchema)
        : { should_soft_delete: false }
      await orFailure('Database error deleting user', () =>
        database.transaction(async (sql) => {
          const user = await requireAccount(sql, c.req.param('id'))
          await (should_soft_delete ? softDelete(sql, user) : hardDelete(sql, user))
        }),
      )
      return c.json({})
    })
}

async function requireAccount(sql: Queryable, id: string): Promise<User> {
  if (!isUuid(id)) throw new AuthError(404, 'validation_failed', 'user_id must be an UUID')
  const user = await lockUser(sql, id)
  if (!user) throw new AuthError(404, 'user_not_found', 'User not found')
  return user
}

/** One page, the latest accounts first; identities are read for all of them at once. */
async function listUsers(sql: Queryable, page: number, size: number) {
  const users = await sql.rows<User>(
    'select * from auth.users order by created_at desc, id limit $1 offset $2',
    [size, (page - 1) * size],
  )
  const identities = await sql.rows<Identity>(
    'select * from auth.identities where user_id = any ($1) order by created_at',
    [users.map(({ id }) => id)],
  )
  const count = firstOf(
    await sql.rows<{ total: number }>('select count(*)::integer as total from auth.users'),
  )
  return {
    users: users.map((user) =>
      userResponse(
        user,
        identities.filter(({ user_id }) => user_id === user.id),
      ),
    ),
    total: count?.total ?? 0,
  }
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
