import { type Tool, type ToolContext, ToolError } from './tool.ts'

export interface ToolOutcome {
  /** What the model is given. */
  output: string
  isFailed: boolean
}

const longestOutput = 16_000
const longestMilliseconds = 20_000

/**
 * Calls a tool by its name. Whatever goes wrong is told to the model, which tries something else: as itself where it is
 * meant to be told, and without its words where it is not.
 */
export async function callTool(
  tools: readonly Tool[],
  call: { name: string; arguments: string },
  context: ToolContext,
): Promise<ToolOutcome> {
  const tool = tools.find(({ name }) => name === call.name)
  if (!tool)
    return failed(`There is no tool of this name. There are: ${tools.map(({ name }) => name).join(', ')}.`)
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ToolError('The tool took too long.')), longestMilliseconds)
  })
  try {
    const output = JSON.stringify(await Promise.race([tool.call(call.arguments, context), late])) ?? 'null'
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
    clearTimeout(timer)
  }
}

function failed(message: string): ToolOutcome {
  return { output: message, isFailed: true }
}
