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
  /** The word after `--with` that starts it. Without one it always runs. */
  option?: string | undefined
  /** The name of its address in what `status` prints for programs. */
  variable: string
  /** The offset of the stack is added to it. */
  port: number
  /** What functions are to know of it, over their own variables. */
  variables?: ((options: BesideOptions) => Promise<Record<string, string>>) | undefined
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
      option: z
        .string()
        .regex(/^[a-z][a-z-]*$/)
        .optional(),
      variables: z
        .custom<Beside['variables']>((value) => ['function', 'undefined'].includes(typeof value))
        .optional(),
      variable: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
      port: z.int().min(1).max(65_535),
      start: z.custom<Beside['start']>((value) => typeof value === 'function'),
    }),
  ),
})

/**
 * Reads what can run beside the stack from `stack.config.ts`, which need not be there.
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

/**
 * What runs beside the stack: all that needs no option, and what was asked for.
 *
 * @throws StackError that says what can be asked for
 */
export function chooseBeside(beside: Beside[], asked: string[]): Beside[] {
  const options = beside.flatMap(({ option }) => option ?? [])
  const unknown = asked.find((name) => !options.includes(name))
  if (unknown !== undefined)
    throw new StackError(
      options.length > 0
        ? `--with takes ${options.join(' or ')}, not "${unknown}".`
        : `There is nothing that --with could start, so not "${unknown}" either.`,
    )
  return beside.filter(({ option }) => option === undefined || asked.includes(option))
}
