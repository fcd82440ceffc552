import { LLMock } from '@copilotkit/aimock'
import { answerTo } from './answers.ts'

/*
 * Stands in for OpenAI, so that a chat works without a key: aimock, with a model that reads what it is sent and follows
 * a script. It uses the tools as a model would, so that everything but the thinking is real.
 */

/** What functions are to know of it. */
export function openaiVariables({ port }: { port: number }): Record<string, string> {
  // Any key will do; without one the function says that it is not set up.
  return { OPENAI_API_KEY: 'stand-in', OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` }
}

/** As fast as people read. */
const tokensPerSecond = 60

export async function startOpenaiStandIn({ port }: { port: number }): Promise<{ stop(): Promise<void> }> {
  const mock = new LLMock({ host: '127.0.0.1', port, chunkSize: 12, logLevel: 'silent' })
  mock.on({ endpoint: 'chat' }, answerTo, { streamingProfile: { ttft: 300, tps: tokensPerSecond } })
  await mock.start()
  return { stop: () => mock.stop() }
}
