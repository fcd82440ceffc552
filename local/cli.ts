import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { codeOf, messageOf, StackError } from './stack/index.ts'

const usage = `Usage: npm start | npm run reset | npm run status [-- OPTIONS]
       npm run db:migration -- NAME
       npm run types

  --port-offset N    adds N to every port, so that stacks run side by side
  --workdir DIR      the folder that holds supabase/ (default: this project)
  -o, --output WHAT  status: pretty (default), json or env`

/** Runs one command; whatever goes wrong ends as one sentence and exit code 1. */
async function main(): Promise<void> {
  const { positionals, values } = readArguments()
  const [command, name] = positionals
  const root = values.workdir ? resolve(values.workdir) : join(import.meta.dirname, '..')
  const portOffset = wholeNumber(values['port-offset'] ?? '0')
  switch (command) {
    case 'start':
      return (await import('./command-line/start.ts')).start(root, portOffset)
    case 'reset':
      return (await import('./command-line/start.ts')).reset(root, portOffset)
    case 'status':
      return (await import('./command-line/status.ts')).status(root, portOffset, format(values.output))
    case 'migration':
      return (await import('../tools/main.ts')).migration(root, name)
    case 'types':
      return (await import('../tools/main.ts')).types(root)
    default:
      throw new StackError(
        `${command ? `There is no command "${command}".` : 'A command is needed.'}\n${usage}`,
      )
  }
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        'port-offset': { type: 'string' },
        workdir: { type: 'string' },
        output: { type: 'string', short: 'o' },
      },
    })
  } catch (error) {
    throw new StackError(`${messageOf(error)}\n${usage}`)
  }
}

function wholeNumber(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text)
  throw new StackError(`--port-offset takes a whole number such as 100, not "${text}".`)
}

function format(output = 'pretty') {
  if (output === 'pretty' || output === 'json' || output === 'env') return output
  throw new StackError(`-o takes pretty, json or env, not "${output}".`)
}

/** The code of the operating system, and the one of Postgres. */
const fullDisk = ['ENOSPC', '53100']

function sentence(error: unknown): string {
  if (error instanceof StackError) return error.message
  if (fullDisk.includes(codeOf(error) ?? '')) return 'The disk is full: free some space and try again.'
  return `Something unexpected failed: ${messageOf(error)}`
}

try {
  await main()
} catch (error) {
  console.error(sentence(error))
  process.exitCode = 1
}
