import { countTokens } from '../prompt/tokens.ts'
import type { Model } from '../provider/index.ts'
import type { Round } from './round.ts'
import type { ModelCall } from './store.ts'

/** How a call of the model is reported by how its stream ended. */
const outcomes = {
  complete: 'complete',
  incomplete: 'incomplete',
  refused: 'incomplete',
  failed: 'failed',
  interrupted: 'interrupted',
} as const

/** A call as it is paid: by what the provider counted, or by what is counted here where it did not come to say. */
export async function modelCall(
  { text, calls, usage, end }: Round,
  { model, sent, began, isStopped }: { model: Model; sent: string; began: number; isStopped: boolean },
): Promise<ModelCall> {
  const written = text + calls.map(({ name, arguments: given }) => name + given).join('')
  return {
    model: model.key,
    ...(usage ?? {
      inputTokens: await countTokens(sent),
      cachedTokens: 0,
      cacheWriteTokens: 0,
      outputTokens: await countTokens(written),
    }),
    isEstimated: usage === null,
    milliseconds: Date.now() - began,
    outcome: isStopped ? 'stopped' : outcomes[end ?? 'interrupted'],
  }
}
