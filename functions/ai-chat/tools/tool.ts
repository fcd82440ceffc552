import * as z from 'zod'
import type { LayoutChange, UnnumberedPart } from '../../../types/ai.ts'
import type { CallerClient } from '../../_shared/clients.ts'
import { isRegistered } from '../../_shared/errors.ts'
import type { ToolDefinition } from '../provider/index.ts'

/** What a tool works with: the client is the asker's own, so that row-level security decides what it finds. */
export interface ToolContext {
  supabase: CallerClient
  workspaceId: string
  /** Shows a part in the answer. */
  emit(part: UnnumberedPart): void
  /** Keeps a proposal for the person to decide about; it changes nothing. */
  propose(proposal: Proposal): void
  /** A text as the answer may show it: without addresses that are not allowed. */
  shown(text: string): string
}

export interface Proposal {
  viewId: string
  version: number
  summary: string
  changes: LayoutChange[]
}

export interface Tool {
  name: string
  description: string
  /** JSON Schema of what it takes. */
  parameters: Record<string, unknown>
  /** @throws what `toolFailure` tells the model */
  call(given: string, context: ToolContext): Promise<unknown>
}

/** The tools as a model is told of them. */
export function toolDefinitions(tools: readonly Tool[]): ToolDefinition[] {
  return tools.map(({ name, description, parameters }) => ({ name, description, parameters }))
}

/** A failure that the model is told of, in these words. */
export class ToolError extends Error {
  override name = 'ToolError'
}

/** A tool whose input is checked before it runs. */
export function defineTool<Schema extends z.ZodObject>(definition: {
  name: string
  description: string
  input: Schema
  run(input: z.infer<Schema>, context: ToolContext): Promise<unknown>
}): Tool {
  const { name, description, input, run } = definition
  const { $schema: _, ...parameters } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })
  return {
    name,
    description,
    parameters,
    async call(given, context) {
      return run(parsed(input, given), context)
    },
  }
}

function parsed<Schema extends z.ZodType>(schema: Schema, given: string): z.infer<Schema> {
  let value: unknown
  try {
    value = JSON.parse(given === '' ? '{}' : given)
  } catch {
    throw new ToolError('The arguments are not JSON.')
  }
  const { data, error, success } = schema.safeParse(value)
  if (success) return data
  const [issue] = error?.issues ?? []
  throw new ToolError(
    `The arguments are not right: ${issue?.path.map(String).join('.') || 'all'}: ${issue?.message}`,
  )
}

/** A call of the Data API as the asker. @throws {ToolError} with what the database means to tell */
export function found<Data>({
  data,
  error,
}: {
  data: Data
  error: { code: string; message: string } | null
}) {
  // What else goes wrong has words of the schema, which the answer would show.
  if (error && !isRegistered(error.code)) throw new ToolError('The tool failed.')
  if (error) throw new ToolError(`${error.code}: ${error.message}`)
  if (data === null || data === undefined) throw new ToolError('not_found: There is nothing.')
  return data as NonNullable<Data>
}
