import { APIConnectionError, APIError } from '../../_packages/openai.js'
import { secondsOf } from '../../_shared/retry-after.ts'
import { type AskModel, type Model, type ModelEvent, type ModelRequest, wellFormed } from './provider.ts'

/** What is left of a provider that gave no first token: what the person is told, and nothing that it said. */
export class ModelFailedError extends Error {
  override name = 'ModelFailedError'
  readonly code: 'model_failed' | 'rate_limited'

  constructor(code: 'model_failed' | 'rate_limited' = 'model_failed') {
    super(code)
    this.code = code
  }

  get told(): string {
    return this.code === 'rate_limited' ? 'The provider of the model is busy.' : 'The model did not answer.'
  }
}

/** A stream whose first event is there. */
export interface Opened {
  model: Model
  events: AsyncIterable<ModelEvent>
}

const tries = 2
const pauseMilliseconds = 400
/** A provider that wants to be left alone for longer is as good as one that fails. */
const longestPause = 5_000
const firstTokenMilliseconds = 45_000

/**
 * Asks the first model that answers, each what it has room for. Only before the first event is anything tried again:
 * what came after it has been shown and costs.
 *
 * @throws {ModelFailedError} where none does
 */
export async function openModel(
  ask: AskModel,
  models: readonly Model[],
  requestTo: (model: Model) => Promise<ModelRequest>,
): Promise<Opened> {
  let failure = new ModelFailedError()
  for (const model of models) {
    const request = await requestTo(model)
    const turns = request.turns.map(wellFormed)
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      // A stop before anything is asked costs nothing.
      request.signal.throwIfAborted()
      try {
        return { model, events: await begun(ask, model, { ...request, turns }) }
      } catch (error) {
        if (request.signal.aborted) throw error
        failure = new ModelFailedError(statusOf(error) === 429 ? 'rate_limited' : 'model_failed')
        const pause = pauseAfter(error)
        if (pause === undefined || attempt === tries) break
        await paused(pause, request.signal)
      }
    }
  }
  throw failure
}

async function begun(ask: AskModel, model: Model, request: ModelRequest): Promise<AsyncIterable<ModelEvent>> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), firstTokenMilliseconds)
  try {
    const signal = AbortSignal.any([request.signal, late.signal])
    const events = ask(model, { ...request, signal })[Symbol.asyncIterator]()
    const first = await events.next()
    // A stream without anything, or one that fails at once, is no answer.
    if (first.done || (first.value.type === 'end' && first.value.status === 'failed')) {
      await events.return?.()
      throw new ModelFailedError()
    }
    return withFirst(first.value, events)
  } finally {
    clearTimeout(timer)
  }
}

async function* withFirst(first: ModelEvent, rest: AsyncIterator<ModelEvent>): AsyncGenerator<ModelEvent> {
  try {
    yield first
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}

/** How long to wait before the same model is asked again; undefined where it would say the same. */
function pauseAfter(error: unknown): number | undefined {
  if (error instanceof APIConnectionError || !(error instanceof APIError)) return pauseMilliseconds
  const status = statusOf(error) ?? 0
  if (status !== 429 && status !== 408 && status !== 409 && status < 500) return undefined
  const asked = secondsOf(error.headers?.get('retry-after'))
  if (asked === null) return pauseMilliseconds
  return asked * 1_000 <= longestPause ? asked * 1_000 : undefined
}

function statusOf(error: unknown): number | undefined {
  return error instanceof APIError ? error.status : undefined
}

function paused(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal.addEventListener('abort', stop, { once: true })
  })
}
