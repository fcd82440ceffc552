import { isWithin } from './budget.ts'

/** What people are compared by. */
export type Axis = 'workspaces' | 'things'

/** Why something grows with what a person can reach, and how much it may. */
export interface Growth {
  because: string
  limit: { milliseconds: number; of: Axis; per: number }
}

/** The times of people with little and with much of each axis. */
export type Times = Record<Axis, { least: number; most: number; difference: number }>

/** Along which axes a time grows. */
export function growthOf(times: Times): Axis[] {
  return (Object.keys(times) as Axis[]).filter((axis) => !isWithin(times[axis].most, times[axis].least, 1.2))
}

/** Whether the growth is the one that is stated, and no more than that. */
export function isWithinLimit(times: Times, { limit: { milliseconds, of, per } }: Growth): boolean {
  const { least, most, difference } = times[of]
  return most - least <= (milliseconds * difference) / per && growthOf(times).every((axis) => axis === of)
}

export function describeLimit({ because, limit: { milliseconds, of, per } }: Growth): string {
  return `${because}; at most ${milliseconds} ms per ${per === 1 ? of.slice(0, -1) : `${per} ${of}`} in reach`
}
