import type { AnswerEvent, AnswerPart, UnnumberedPart } from '../../../types/ai.ts'
import { FunctionError } from '../../_shared/errors.ts'
import { type AnswerStore, type FinalStatus, type Lease, LeaseLostError, type ModelCall } from './store.ts'

/** Why an answer is given up before its end: the person wants it, it is another's, it has no more room. */
export type StopReason = 'stopped' | 'lost' | 'full'

const storeMilliseconds = 250
/** Also where nothing comes, so that the lease lives and a stop is noticed. */
const renewMilliseconds = 1_000
/** Less than the lease lasts: after it somebody else may have the answer. */
const longestSilence = 45_000
/** Of the 256 KiB that an answer may have. */
const mostBytes = 200_000
const bytesOfFrame = 120
/** Of a piece of text that is put together. */
const longestText = 16_384
const mostPartsAtOnce = 400
/** Of the last write, until it is given up. */
const mostFailures = 5

/** Where an answer stands that others wrote before: the number of its last part, and what its parts take, about. */
export interface WriterPlace {
  after?: number
  bytes?: number
}

/**
 * Numbers the parts of an answer, tells them to whoever listens at once, and stores them four times a second at most,
 * with the text in between in one piece.
 *
 * One writer at a time: the lease fences it, and one that has lost it stops.
 */
export class AnswerWriter {
  readonly #store: AnswerStore
  readonly #lease: Lease
  readonly #listeners = new Set<(event: AnswerEvent) => void>()
  readonly #stop = new AbortController()
  readonly #timer: ReturnType<typeof setInterval>
  #sequence: number
  #stored: number
  #bytes: number
  #waiting: AnswerPart[] = []
  /** What was sent and not answered: it is sent again as it was, because it may have arrived. */
  #sent: AnswerPart[] = []
  #storing: Promise<void> | undefined
  #lastStored = Date.now()
  #hasEnded = false
  #reason: StopReason | undefined

  constructor(store: AnswerStore, lease: Lease, { after = 0, bytes = 0 }: WriterPlace = {}) {
    this.#store = store
    this.#lease = lease
    this.#bytes = bytes
    this.#sequence = after
    this.#stored = after
    this.#timer = setInterval(() => this.#tick(), storeMilliseconds)
  }

  /** Aborted where the answer is to end before its end; the reason says why. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  get stopReason(): StopReason | undefined {
    return this.#reason
  }

  /** Where the answer stands. */
  get place(): Required<WriterPlace> {
    return { after: this.#sequence, bytes: this.#bytes }
  }

  listen(listener: (event: AnswerEvent) => void): void {
    this.#listeners.add(listener)
  }

  emit(given: UnnumberedPart): void {
    if (this.#hasEnded || this.stopReason === 'lost') return
    const part = storable(given)
    this.#sequence += part.type === 'text_delta' ? part.text.length : 1
    const numbered = { ...part, sequence: this.#sequence } as AnswerPart
    const last = this.#waiting.at(-1)
    if (numbered.type === 'text_delta' && last?.type === 'text_delta' && last.text.length < longestText)
      this.#waiting[this.#waiting.length - 1] = { ...numbered, text: last.text + numbered.text }
    else {
      this.#waiting.push(numbered)
      this.#bytes += bytesOfFrame
    }
    // Three bytes at most to a unit of UTF-16.
    this.#bytes += numbered.type === 'text_delta' ? numbered.text.length * 3 : JSON.stringify(numbered).length
    for (const listener of this.#listeners) listener(numbered)
    if (this.#bytes > mostBytes) this.#giveUp('full')
  }

  /**
   * Reports the calls so far, and holds credits for the next.
   *
   * @throws {FunctionError} where there are none: budget_spent, payment_required
   */
  async holdForNext(calls: ModelCall[], inputTokens: number): Promise<void> {
    await this.#insisting(async () => {
      const { isStopAsked } = await this.#store.renew(this.#lease, { calls, inputTokens })
      this.#lastStored = Date.now()
      if (isStopAsked) this.#giveUp('stopped')
    })
  }

  /** Asks whether the person wants it stopped, before anything begins that costs. */
  async askForStop(): Promise<void> {
    await this.#storing
    await this.#insisting(() => this.#storeWaiting())
  }

  async keepSummary(summary: { until: number; text: string } | null): Promise<void> {
    await this.#settled(() => this.#store.keepSummary(this.#lease, summary && storable(summary)))
  }

  /** Stores what is left: another can go on from here. */
  async store(): Promise<void> {
    await this.#storing
    await this.#storeAll()
  }

  /** Another writes it from here on. */
  leave(): void {
    clearInterval(this.#timer)
    this.#giveUp('lost')
  }

  /** Stores what is left and how it ended, which settles its credits. */
  async finish(status: FinalStatus, calls: ModelCall[], error: { code: string; message: string } | null) {
    await this.#close()
    if (this.stopReason === 'lost') return
    await this.#insisting(() => this.#store.finish(this.#lease, { status, calls, error }))
    if (this.#isLost()) return
    for (const listener of this.#listeners) listener({ type: 'done', sequence: this.#sequence + 1, status })
  }

  /** Asked anew, after something was waited for. */
  #isLost(): boolean {
    return this.#reason === 'lost'
  }

  async #close(): Promise<void> {
    this.#hasEnded = true
    clearInterval(this.#timer)
    await this.#storing
    await this.#storeAll()
  }

  async #storeAll(): Promise<void> {
    while (this.#waiting.length + this.#sent.length > 0 && this.stopReason !== 'lost')
      await this.#insisting(() => this.#storeWaiting())
  }

  /** Tries the same again where the database is not there for a moment: it may have arrived, and does nothing twice. */
  async #insisting(work: () => Promise<void>): Promise<void> {
    for (let failures = 1; ; failures += 1)
      try {
        return await this.#settled(work)
      } catch (error) {
        if (failures > mostFailures || isRefusal(error)) throw error
        await new Promise((resolve) => setTimeout(resolve, failures * storeMilliseconds))
      }
  }

  #tick(): void {
    if (this.stopReason === 'lost') return
    // Also of a call that is never answered.
    if (this.#storing) {
      if (Date.now() - this.#lastStored > longestSilence) this.#giveUp('lost')
      return
    }
    if (this.#waiting.length + this.#sent.length === 0 && Date.now() - this.#lastStored < renewMilliseconds)
      return
    this.#storing = this.#settled(() => this.#storeWaiting())
      // A database that is not there for a moment is asked again, as long as the lease lasts.
      .catch(() => {
        if (Date.now() - this.#lastStored > longestSilence) this.#giveUp('lost')
      })
      .finally(() => {
        this.#storing = undefined
      })
  }

  async #storeWaiting(): Promise<void> {
    if (this.#sent.length === 0) this.#sent = this.#waiting.splice(0, mostPartsAtOnce)
    try {
      const { isStopAsked } =
        this.#sent.length > 0
          ? await this.#store.append(this.#lease, this.#stored, this.#sent)
          : await this.#store.renew(this.#lease)
      this.#lastStored = Date.now()
      this.#stored = this.#sent.at(-1)?.sequence ?? this.#stored
      this.#sent = []
      if (isStopAsked) this.#giveUp('stopped')
    } catch (error) {
      if (!(error instanceof FunctionError) || error.status !== 400) throw error
      // Of a proposal for a view that is gone meanwhile, the rest of the answer is kept.
      const [first, ...others] = this.#sent
      this.#sent = first && others.length > 0 ? [first] : []
      this.#waiting.unshift(...others)
    }
  }

  async #settled(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error
      this.#giveUp('lost')
    }
  }

  #giveUp(reason: StopReason): void {
    // What is lost is lost, whatever was wanted before.
    if (this.#reason === undefined || reason === 'lost') this.#reason = reason
    this.#stop.abort()
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof FunctionError && error.status < 500
}

/** Without what no text in the database can hold. */
function storable<Part extends object>(part: Part): Part {
  const entries = Object.entries(part).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value,
  ])
  return Object.fromEntries(entries) as Part
}
