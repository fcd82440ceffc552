/** How many messages a chat takes of one webhook in a time: the seconds until the next, or null where it takes this. */
export type Pace = (webhook: string) => number | null

export function createPace({ most, seconds }: { most: number; seconds: number }): Pace {
  const taken = new Map<string, number[]>()
  return (webhook) => {
    const now = performance.now()
    const recent = (taken.get(webhook) ?? []).filter((at) => at > now - seconds * 1_000)
    taken.set(webhook, recent)
    const [oldest] = recent
    if (oldest !== undefined && recent.length >= most) return seconds - (now - oldest) / 1_000
    recent.push(now)
    return null
  }
}
