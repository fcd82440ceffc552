const windowSeconds = 60
/** A rate that has just begun is judged as if it had gone on for so long: a page that opens is no flood. */
const shortestSeconds = 10

/** How many events a second there are, averaged over the last minute. */
export class Rate {
  readonly #limit: number
  readonly #counts = new Array<number>(windowSeconds).fill(0)
  readonly #begun = nowInSeconds()
  #current = this.#begun
  #total = 0

  constructor(perSecond: number) {
    this.#limit = perSecond
  }

  add(count = 1): void {
    this.#advance()
    const place = this.#current % windowSeconds
    this.#counts[place] = (this.#counts[place] ?? 0) + count
    this.#total += count
  }

  /** Whether the average is above the limit, or would be with `more` events. */
  isExceeded(more = 0): boolean {
    this.#advance()
    const age = Math.min(windowSeconds, Math.max(shortestSeconds, this.#current - this.#begun))
    return (this.#total + more) / age > this.#limit
  }

  #advance(): void {
    const now = nowInSeconds()
    const steps = Math.min(windowSeconds, now - this.#current)
    for (let step = 1; step <= steps; step += 1) {
      const place = (this.#current + step) % windowSeconds
      this.#total -= this.#counts[place] ?? 0
      this.#counts[place] = 0
    }
    this.#current = now
  }
}

function nowInSeconds(): number {
  return Math.floor(performance.now() / 1000)
}
