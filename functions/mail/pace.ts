export interface Pace {
  /** Resolves when the next one may begin. */
  turn(): Promise<void>
}

/** Lets so many begin in a second, one after the other. */
export function createPace(perSecond: number): Pace {
  const interval = 1_000 / perSecond
  let next = 0
  return {
    async turn() {
      const now = Date.now()
      const begins = Math.max(next, now)
      next = begins + interval
      if (begins > now) await new Promise((resolve) => setTimeout(resolve, begins - now))
    },
  }
}
