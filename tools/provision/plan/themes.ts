import { answer, writeRow } from '../calls.ts'
import { changedPaths } from '../json.ts'
import {
  type Context,
  compare,
  isToBeMarked,
  markDetail,
  markOf,
  nothing,
  type Part,
  type Step,
} from './step.ts'

/** The themes that a workspace shares. */
export function planThemes({ client, folder, remote, options }: Context): Part {
  if (!folder.themes) return nothing
  const workspace_id = remote.workspace.id
  const { created, kept, gone } = compare('themes', folder.themes, remote.themes)
  const steps: Step[] = []

  for (const { file, document } of created)
    steps.push({
      action: 'create',
      subject: file,
      details: [],
      async run() {
        const row = { workspace_id, ...document, visibility: 'workspace', ...markOf(options) }
        await answer(client.from('themes').insert(row), file)
        return undefined
      },
    })
  for (const { entry, thing } of kept) {
    const { file, document } = entry
    const details = changedPaths(thing.document, document)
    if (isToBeMarked(options, thing)) details.push(markDetail(options))
    if (details.length === 0) continue
    steps.push({
      action: 'change',
      subject: file,
      details,
      async run() {
        // A change since it was read is a conflict.
        const { id, revision } = thing
        const columns = { ...document, metadata: document.metadata ?? null, revision, ...markOf(options) }
        await writeRow(client.from('themes').update(columns).match({ workspace_id, id }).select('id'), file)
        return undefined
      },
    })
  }
  const deletions = gone.map(({ id, document }): Step => {
    const subject = `themes: ${document.name}`
    const run = async () => {
      await answer(client.from('themes').delete().match({ workspace_id, id }), subject)
      return undefined
    }
    return { action: 'delete', subject, details: [], run }
  })
  return { ...nothing, steps, deletions }
}
