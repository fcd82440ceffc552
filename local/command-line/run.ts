import { type ParseArgsConfig, parseArgs } from 'node:util'
import { codeOf, messageOf, StackError } from '../stack/index.ts'

/** The code of the operating system, and the one of Postgres. */
const fullDisk = ['ENOSPC', '53100']

/** Thrown for `--help`, whose answer is the usage. */
class UsageWanted extends Error {}

/** Runs a command; whatever goes wrong ends as one sentence and exit code 1. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    if (error instanceof UsageWanted) return console.log(error.message)
    console.error(sentence(error))
    process.exitCode = 1
  }
}

/**
 * The words and the options, each with a value, that a program was called with; the values of an option that may come
 * more than once have commas between them. `--help` ends `runCommand` with the usage.
 *
 * @throws StackError that ends with the usage, for an option that is none
 */
export function readArguments(
  usage: string,
  options: Record<string, { type: 'string'; short?: string; multiple?: boolean }> = {},
) {
  const { words, values } = parsed(usage, { ...options, help: { type: 'boolean', short: 'h' } })
  if (values.help) throw new UsageWanted(usage)
  const texts = Object.entries(values).map(([name, value]) => [name, value?.toString()])
  return { words, options: Object.fromEntries(texts) as Record<string, string | undefined> }
}

function parsed(usage: string, options: NonNullable<ParseArgsConfig['options']>) {
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options })
    return { words: positionals, values }
  } catch (error) {
    throw new StackError(`${messageOf(error)}\n${usage}`)
  }
}

/** The refusal of a command that is none. */
export function unknownCommand(command: string | undefined, usage: string): StackError {
  return new StackError(`${command ? `There is no command "${command}".` : 'A command is needed.'}\n${usage}`)
}

function sentence(error: unknown): string {
  if (error instanceof StackError) return error.message
  if (fullDisk.includes(codeOf(error) ?? '')) return 'The disk is full: free some space and try again.'
  return `Something unexpected failed: ${messageOf(error)}`
}
