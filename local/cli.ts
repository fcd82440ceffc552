import { join, resolve } from 'node:path'
import {
  readArguments,
  reset,
  runCommand,
  type StatusFormat,
  start,
  status,
  unknownCommand,
} from './command-line/index.ts'
import { StackError } from './stack/index.ts'

const usage = `Usage: npm start | npm run reset | npm run status [-- OPTIONS]

  --port-offset N    adds N to every port, so that stacks run side by side
  --with NAME        starts what else is to run beside the stack, given once for each, or all with commas between them;
                     the start says which there are
  --workdir DIR      the folder that holds supabase/ (default: this project)
  -o, --output WHAT  status: pretty (default), json or env`

await runCommand(async () => {
  const { words, options } = readArguments(usage, {
    'port-offset': { type: 'string' },
    with: { type: 'string', multiple: true },
    workdir: { type: 'string' },
    output: { type: 'string', short: 'o' },
  })
  const [command] = words
  const root = options.workdir ? resolve(options.workdir) : join(import.meta.dirname, '..')
  const portOffset = wholeNumber(options['port-offset'] ?? '0')
  const asked = options.with?.split(',') ?? []
  switch (command) {
    case 'start':
      return start(root, portOffset, asked)
    case 'reset':
      return reset(root, portOffset, asked)
    case 'status':
      return status(root, portOffset, format(options.output))
    default:
      throw unknownCommand(command, usage)
  }
})

function wholeNumber(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text)
  throw new StackError(`--port-offset takes a whole number such as 100, not "${text}".`)
}

function format(output = 'pretty'): StatusFormat {
  if (output === 'pretty' || output === 'json' || output === 'env') return output
  throw new StackError(`-o takes pretty, json or env, not "${output}".`)
}
