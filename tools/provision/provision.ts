import { appendFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { unknownCommand } from '../../local/command-line/index.ts'
import { messageOf, StackError } from '../../local/stack/index.ts'
import { connect } from './calls.ts'
import { type Folder, readFolder, typeAt } from './folder.ts'
import { makePlan, type Plan, type Step } from './plan/index.ts'
import { readWorkspace } from './remote.ts'
import { writeFolder } from './written-folder.ts'

const usage = `Usage: npm run provision -- pull FOLDER   writes the folder from a workspace
       npm run provision -- diff FOLDER   says what a push would do, and exits with 1 where that is something
       npm run provision -- push FOLDER   makes the workspace what the folder says

  --workspace ID   which workspace, in place of what workspace.json says
  --delete         what is not in the folder goes (diff, push)
  --managed        nobody changes in the product what is in the folder (diff, push)
  --no-managed     everybody may again who could before (diff, push)
  --no-members     leaves the people out, in both directions
  --tokens FILE    adds the tokens of invitations that are made, a JSON object a line (push)

SUPABASE_URL and SUPABASE_SECRET_KEY say which project.`

type Print = (line: string) => void
type Options = ReturnType<typeof readArguments>['options']

/**
 * Runs the command with its arguments, the project of an environment, and somewhere to print; gives the exit code.
 *
 * @throws StackError for what is wrong in the arguments or the folder, and for what the project refuses
 */
export async function provision(
  args: string[],
  environment: NodeJS.ProcessEnv,
  print: Print,
): Promise<number> {
  const { words, options } = readArguments(args)
  if (options.help) {
    print(usage)
    return 0
  }
  const [command, root, ...more] = words
  if (!command || !['pull', 'diff', 'push'].includes(command)) throw unknownCommand(command, usage)
  if (!root || more.length > 0) throw new StackError(`It takes one folder.\n${usage}`)
  const client = connect(environment)
  if (command === 'pull') {
    const before = typeAt(root, '') === 'nothing' ? null : readFolder(root)
    const workspace = await readWorkspace(client, wantedWorkspace(before, options))
    tellWritten(writeFolder(root, workspace, before, { withMembers: options.members }), print)
    return 0
  }

  const folder = readFolder(root)
  const plan = makePlan({
    client,
    folder: options.members ? folder : { ...folder, members: null },
    remote: await readWorkspace(client, wantedWorkspace(folder, options)),
    options: {
      deletes: options.delete ?? false,
      managed: options.managed,
      keepToken: (invitation) => {
        const line = `${JSON.stringify(invitation)}\n`
        if (options.tokens) appendFileSync(options.tokens, line, { mode: 0o600 })
      },
    },
  })
  return command === 'diff' ? diff(plan, print) : await push(plan, print)
}

function readArguments(args: string[]) {
  try {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      allowNegative: true,
      options: {
        workspace: { type: 'string' },
        delete: { type: 'boolean' },
        managed: { type: 'boolean' },
        members: { type: 'boolean', default: true },
        tokens: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    return { words: positionals, options: values }
  } catch (error) {
    throw new StackError(`${messageOf(error)}\n${usage}`)
  }
}

function wantedWorkspace(folder: Folder | null, { workspace }: Options): { id?: string; name?: string } {
  if (workspace !== undefined) return { id: workspace }
  if (!folder?.workspace)
    throw new StackError('Say which workspace: by --workspace ID, or by id or name in workspace.json.')
  return folder.workspace
}

function tellWritten({ written, removed }: ReturnType<typeof writeFolder>, print: Print): void {
  for (const file of written) print(`wrote ${file}`)
  for (const file of removed) print(`removed ${file}`)
  if (written.length + removed.length === 0) print('Nothing to write: the folder is what the workspace is.')
}

function diff(plan: Plan, print: Print): number {
  for (const step of plan.steps) print(`${step.action} ${told(step)}`)
  tell(plan, print)
  if (plan.steps.length + plan.conflicts.length > 0) return 1
  print('No difference.')
  return 0
}

async function push(plan: Plan, print: Print): Promise<number> {
  tell(plan, print)
  if (plan.conflicts.length > 0) throw new StackError('Nothing was changed: these conflicts come first.')
  const done = { create: 'created', change: 'changed', delete: 'deleted' }
  for (const step of plan.steps) print(`${(await step.run()) ?? done[step.action]} ${told(step)}`)
  if (plan.steps.length === 0) print('Nothing to change: the workspace is what the folder says.')
  return 0
}

function told({ subject, details }: Step): string {
  return details.length > 0 ? `${subject} (${details.join(', ')})` : subject
}

function tell({ conflicts, kept, warnings }: Plan, print: Print): void {
  for (const { subject, message } of conflicts) print(`conflict ${subject}: ${message}`)
  for (const { subject, message } of warnings) print(`warning ${subject}: ${message}`)
  for (const subject of kept) print(`kept ${subject}`)
}
