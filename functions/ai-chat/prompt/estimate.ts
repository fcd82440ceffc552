import { toolDefinitions, tools } from '../tools/index.ts'
import { countTokens } from './tokens.ts'

/** What is sent with every question: instructions around those of the agent, and the view on screen. */
const frameTokens = 2_000

let ofTools: Promise<number> | undefined

/**
 * How many tokens a question is with all that goes with it, but for what was said before, which the database knows: for
 * what is held before anything is asked.
 */
export async function estimatedTokens(content: string): Promise<number> {
  ofTools ??= countTokens(JSON.stringify(toolDefinitions(tools)))
  return (await countTokens(content)) + (await ofTools) + frameTokens
}
