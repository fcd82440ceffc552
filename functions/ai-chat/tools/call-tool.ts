import { type Tool, type ToolContext, ToolError } from './tool.ts'

export interface ToolOutcome {
  /** What the model is given. */
  output: string
  isFailed: boolean
}

const longestOutput = 16_000
const longestMilliseconds = 20_000

/**
 * Calls a tool by its name, and waits for it as long as it may take and nothing is given up. Whatever goes wrong is
 * told to the model, which tries something else: as itself where it is meant to be told, and without its words where
 * it is not.
 */
export async function callTool(
  tools: readonly Tool[],
  call: { name: string; arguments: string },
  { context, signal }: { context: ToolContext; signal: AbortSignal },
): Promise<ToolOutcome> {
  const tool = tools.find(({ name }) => name === call.name)
  if (!tool)
    return failed(`There is no tool of this name. There are: ${tools.map(({ name }) => name).join(', ')}.`)
  let isOver = false
  // What was given up goes on, and shows nothing any more.
  const inTime: ToolContext = {
    ...context,
    emit(part) {
      if (!isOver) context.emit(part)
    },
    propose(proposal) {
      if (!isOver) context.propose(proposal)
    },
  }
  const late = Promise.withResolvers<never>()
  const giveUp = () => late.reject(new ToolError('The tool took too long.'))
  const timer = setTimeout(giveUp, longestMilliseconds)
  signal.addEventListener('abort', giveUp)
  if (signal.aborted) giveUp()
  try {
    const output =
      JSON.stringify(await Promise.race([tool.call(call.arguments, inTime), late.promise])) ?? 'null'
    return {
      output:
        output.length > longestOutput
          ? `${output.slice(0, longestOutput)} … (cut: ask for less at once)`
          : output,
      isFailed: false,
    }
  } catch (error) {
    return failed(error instanceof ToolError ? error.message.slice(0, 500) : 'The tool failed.')
  } finally {
    isOver = true
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}

function failed(message: string): ToolOutcome {
  return { output: message, isFailed: true }
}
