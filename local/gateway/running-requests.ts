/** How many requests of one subject a process works on. */
export interface RequestLimits {
  /** At once: fewer than any service has database connections, so that nobody takes them all. */
  running: number
  /** Those that wait for one of them to end. */
  waiting: number
  /** For as long as one waits. */
  patienceMilliseconds: number
}

/** Gives the place back. */
type Leave = () => void

interface Subject {
  running: number
  queue: Set<(enter: boolean) => void>
}

/** Keeps one subject from holding up the others. */
export class RunningRequests {
  readonly #limits: RequestLimits
  readonly #subjects = new Map<string, Subject>()

  constructor(limits: RequestLimits) {
    this.#limits = limits
  }

  /** Waits for a place; null where too many wait already, where it takes too long, or when the client is gone. */
  async enter(name: string, request: { signal: AbortSignal }): Promise<Leave | null> {
    const subject = this.#subjects.get(name) ?? { running: 0, queue: new Set() }
    this.#subjects.set(name, subject)
    const { running, waiting } = this.#limits
    if (subject.running >= running) {
      if (subject.queue.size >= waiting || !(await this.#wait(subject, request.signal))) return null
    } else {
      subject.running++
    }
    return () => this.#leave(name, subject)
  }

  #wait(subject: Subject, gone: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (enter: boolean) => {
        clearTimeout(timer)
        gone.removeEventListener('abort', giveUp)
        subject.queue.delete(settle)
        resolve(enter)
      }
      const giveUp = () => settle(false)
      const timer = setTimeout(giveUp, this.#limits.patienceMilliseconds)
      gone.addEventListener('abort', giveUp)
      subject.queue.add(settle)
    })
  }

  /** A place goes to whoever waits, without being free in between. */
  #leave(name: string, subject: Subject): void {
    const [next] = subject.queue
    if (next) {
      next(true)
      return
    }
    subject.running--
    if (subject.running === 0) this.#subjects.delete(name)
  }
}
