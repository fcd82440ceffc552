import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { messageOf, StackError } from './errors.ts'

/** What a part beside the stack is given. */
export interface BesideOptions {
  port: number
  apiUrl: string
  publishableKey: string
  /** Where it may keep files. */
  directory: string
}

/** Something that runs beside the stack, such as a page of the project. */
export interface Beside {
  title: string
  /** The name of its address in what `status` prints for programs. */
  variable: string
  /** The offset of the stack is added to it. */
  port: number
  start(options: BesideOptions): Promise<{ stop(): Promise<void> }>
}

/** What `stack.config.ts` in the project folder exports by default. */
export interface StackConfig {
  beside: Beside[]
}

const configSchema = z.object({
  beside: z.array(
    z.object({
      title: z.string(),
      variable: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
      port: z.int().min(1).max(65_535),
      start: z.custom<Beside['start']>((value) => typeof value === 'function'),
    }),
  ),
})

/**
 * Reads what runs beside the stack from `stack.config.ts`, which need not be there.
 *
 * @throws StackError one sentence that says what is wrong with it
 */
export async function readBeside(root: string, portOffset: number): Promise<Beside[]> {
  const file = join(root, 'stack.config.ts')
  if (!existsSync(file)) return []
  try {
    const { default: config } = await import(pathToFileURL(file).href)
    return configSchema.parse(config).beside.map((one) => ({ ...one, port: one.port + portOffset }))
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error)
    throw new StackError(`stack.config.ts cannot be used: ${problem}`)
  }
}
