import type pg from 'pg'
import { type Actor, actAs } from './act.ts'

/** Calls a function of `public` as an actor, its arguments by place, and returns its answer. */
export async function call<T>(client: pg.Client, actor: Actor, name: string, values: unknown[]): Promise<T> {
  const list = values.map((_, index) => `$${index + 1}`).join(', ')
  const { rows } = await actAs<{ answer: T }>(
    client,
    actor,
    `select public.${name}(${list}) as answer`,
    values,
  )
  if (!rows[0]) throw new Error(`${name} gave nothing.`)
  return rows[0].answer
}
