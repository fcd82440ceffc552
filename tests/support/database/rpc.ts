import type pg from 'pg'
import type { RpcClient } from '../../../types/rpc-client.ts'
import { type Actor, actAs } from './act.ts'

/** A client that calls functions of `public` as an actor, in the transaction of a story; what is refused is thrown. */
export const rpcAs = (client: pg.Client, actor: Actor): RpcClient => ({
  async rpc(name, args = {}) {
    const given = Object.entries(args)
    const list = given.map(([key], index) => `${key} => $${index + 1}`).join(', ')
    const { rows } = await actAs<{ answer: unknown }>(
      client,
      actor,
      `select public.${name}(${list}) as answer`,
      given.map(([, value]) => (typeof value === 'object' ? JSON.stringify(value) : value)),
    )
    return { data: rows[0]?.answer, error: null }
  },
})

/** All that comes, in a list. */
export async function listOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}
