import type pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createCast } from '../people/cast.ts'
import { setPlan } from '../people/plan.ts'
import { databasePool } from './database-pool.ts'
import type { OpenDatabase } from './open-database.ts'
import { overlap, type Sessions } from './overlap.ts'

export type StepOfTwo<Given> = (client: pg.Client, given: Given) => Promise<unknown>

/** What is there before, who is in the middle, who comes second, and what is left when both are over. */
export interface StoryOfTwo<Given> {
  given: (client: pg.Client) => Promise<Given>
  first: StepOfTwo<Given>
  second: StepOfTwo<Given>
  /** How the second ends. The first is done. */
  late: string
  left?: (client: pg.Client, given: Given) => Promise<void>
}

/**
 * For stories in which one is in the middle of a change when another comes to the same thing; in a database with the
 * cast, on the premium plan.
 */
export function storiesOfTwo() {
  const takeDatabase = databasePool()
  let opened: OpenDatabase
  let sessions: Sessions

  beforeEach(async () => {
    opened = await takeDatabase()
    sessions = { observer: opened.observer, first: await opened.connect(), second: await opened.connect() }
    await createCast(opened.observer)
    await setPlan(opened.observer, 'premium')
  })
  afterEach(() => opened[Symbol.asyncDispose]())

  return {
    sessions: () => sessions,
    /** Another session, for more than two. */
    connect: () => opened.connect(),
    atOnce<Given>(what: string, { given, first, second, late, left }: StoryOfTwo<Given>) {
      it(what, async () => {
        const { observer } = sessions
        await observer.query('begin')
        const made = await given(observer)
        await observer.query('commit')
        const ends = await overlap(
          sessions,
          (client) => first(client, made),
          (client) => second(client, made),
        )
        expect(ends).toEqual(['done', late])
        await observer.query('begin')
        await left?.(observer, made)
        await observer.query('commit')
      })
    },
  }
}
