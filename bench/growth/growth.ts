import { isWithin } from './budget.ts'

/** What people are compared by. */
export type Axis = 'workspaces' | 'things'

/** Why something grows with what a person can reach, and how much it may. */
export interface Growth {
  because: string
  /** One for each axis along which it grows. */
  limits: { milliseconds: number; of: Axis; per: number }[]
}

/** The times of people with little and with much of each axis. */
export type Times = Record<Axis, { least: number; most: number; difference: number }>

/** Along which axes a time grows. */
export function growthOf(times: Times): Axis[] {
  return (Object.keys(times) as Axis[]).filter((axis) => !isWithin(times[axis].most, times[axis].least, 1.2))
}

/** Whether the growth is the one that is stated, and no more than that. */
export function isWithinLimit(times: Times, { limits }: Growth): boolean {
  return growthOf(times).every((axis) => {
    const limit = limits.find(({ of }) => of === axis)
    const { least, most, difference } = times[axis]
    return limit && most - least <= (limit.milliseconds * difference) / limit.per
  })
}

export function describeLimit({ because, limits }: Growth): string {
  const each = limits.map(
    ({ milliseconds, of, per }) => `${milliseconds} ms per ${per === 1 ? of.slice(0, -1) : `${per} ${of}`}`,
  )
  return `${because}; at most ${each.join(' and ')} in reach`
}
