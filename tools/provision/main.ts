import { appendFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runCommand, unknownCommand } from '../../local/command-line/index.ts'
import { messageOf, StackError } from '../../local/stack/index.ts'
import { connect } from './calls.ts'
import { type Folder, readFolder, typeAt } from './folder.ts'
import { makePlan, type Options, type Plan, type Step } from './plan/index.ts'
import { readWorkspace } from './remote.ts'
import { writeFolder } from './written-folder.ts'

// Workspaces as code: a folder says what a workspace is, and both ways bring the two together. See docs/provisioning.md.

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

await runCommand(async () => {
  const { words, options } = readWords()
  if (options.help) return console.log(usage)
  const [command, root, ...more] = words
  if (!command || !['pull', 'diff', 'push'].includes(command)) throw unknownCommand(command, usage)
  if (!root || more.length > 0) throw new StackError(`It takes one folder.\n${usage}`)
  if (command === 'pull') return pull(root, options)

  const plan = await planFor(root, options, {
    deletes: options.delete ?? false,
    managed: options.managed,
    keepToken: (invitation) => {
      if (options.tokens) appendFileSync(options.tokens, `${JSON.stringify(invitation)}\n`, { mode: 0o600 })
    },
  })
  return command === 'diff' ? diff(plan) : push(plan)
})

function readWords() {
  try {
    const { positionals, values } = parseArgs({
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

interface Which {
  workspace?: string | undefined
  members: boolean
}

async function pull(root: string, { workspace, members }: Which): Promise<void> {
  const client = connect(process.env)
  const before = typeAt(root, '') === 'nothing' ? null : readFolder(root)
  const remote = await readWorkspace(client, wantedWorkspace(before, workspace))
  const { written, removed } = writeFolder(root, remote, before, { withMembers: members })
  for (const file of written) console.log(`wrote ${file}`)
  for (const file of removed) console.log(`removed ${file}`)
  if (written.length + removed.length === 0)
    console.log('Nothing to write: the folder is what the workspace is.')
}

async function planFor(root: string, { workspace, members }: Which, options: Options): Promise<Plan> {
  const client = connect(process.env)
  const folder = readFolder(root)
  const remote = await readWorkspace(client, wantedWorkspace(folder, workspace))
  return makePlan({ client, folder: members ? folder : { ...folder, members: null }, remote, options })
}

function wantedWorkspace(folder: Folder | null, id: string | undefined): { id?: string; name?: string } {
  if (id !== undefined) return { id }
  if (!folder?.workspace)
    throw new StackError('Say which workspace: by --workspace ID, or by id or name in workspace.json.')
  return folder.workspace
}

function diff({ steps, conflicts, kept }: Plan): void {
  for (const step of steps) console.log(`${step.action} ${told(step)}`)
  tell({ conflicts, kept })
  if (steps.length + conflicts.length > 0) process.exitCode = 1
  else console.log('No difference.')
}

async function push({ steps, conflicts, kept }: Plan): Promise<void> {
  tell({ conflicts, kept })
  if (conflicts.length > 0) throw new StackError('Nothing was changed: these conflicts come first.')
  const done = { create: 'created', change: 'changed', delete: 'deleted' }
  for (const step of steps) console.log(`${(await step.run()) ?? done[step.action]} ${told(step)}`)
  if (steps.length === 0) console.log('Nothing to change: the workspace is what the folder says.')
}

function told({ subject, details }: Step): string {
  return details.length > 0 ? `${subject} (${details.join(', ')})` : subject
}

function tell({ conflicts, kept }: Pick<Plan, 'conflicts' | 'kept'>): void {
  for (const { subject, message } of conflicts) console.log(`conflict ${subject}: ${message}`)
  for (const subject of kept) console.log(`kept ${subject}, which is not in the folder (--delete removes it)`)
}
