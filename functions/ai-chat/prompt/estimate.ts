import { toolDefinitions, tools } from '../tools/index.ts'
import { mostTokens } from './tokens.ts'

/** What is sent with every question: instructions around those of the agent, and the view on screen. */
const frameTokens = 2_000

const tokensOfTools = mostTokens(JSON.stringify(toolDefinitions(tools)))

/**
 * How many tokens a question is at most with all that goes with it, but for what was said before, which the database
 * knows: for what is held before anything is asked.
 */
export function estimatedTokens(content: string): number {
  return mostTokens(content) + tokensOfTools + frameTokens
}
