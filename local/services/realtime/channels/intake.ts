/** A socket that can be read later. */
export interface Flow {
  pause(): void
  resume(): void
}

/**
 * Reads from one client no more than its share: what is beyond waits with the client, and neither other clients nor the
 * database's messages wait for it. Whoever pauses resumes, and reading goes on when nobody pauses.
 */
export class Intake implements Flow {
  readonly #flow: Flow
  readonly #bytesPerSecond: number
  #pauses = 0
  /** Bytes that may come at once: at most those of a second. Negative: they have to be waited for. */
  #credit: number
  #countedAt = performance.now()
  #isWaiting = false

  constructor(flow: Flow, bytesPerSecond: number) {
    this.#flow = flow
    this.#bytesPerSecond = bytesPerSecond
    this.#credit = bytesPerSecond
  }

  pause(): void {
    this.#pauses += 1
    if (this.#pauses === 1) this.#flow.pause()
  }

  resume(): void {
    this.#pauses -= 1
    if (this.#pauses === 0) this.#flow.resume()
  }

  /** Counts what has come. */
  take(bytes: number): void {
    const now = performance.now()
    const earned = ((now - this.#countedAt) / 1000) * this.#bytesPerSecond
    this.#credit = Math.min(this.#bytesPerSecond, this.#credit + earned) - bytes
    this.#countedAt = now
    if (this.#credit >= 0 || this.#isWaiting) return
    this.#isWaiting = true
    this.pause()
    const milliseconds = (-this.#credit / this.#bytesPerSecond) * 1000
    setTimeout(() => {
      this.#isWaiting = false
      this.resume()
    }, milliseconds).unref()
  }
}
