import { z } from 'zod'
import { answer, writeRow } from '../calls.ts'
import { changedPaths } from '../json.ts'
import { making } from './making.ts'
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

const madeRow = z.object({ id: z.string() })

/** The themes that a workspace shares. */
export function planThemes(context: Context): Part {
  const { client, folder, remote, options } = context
  if (!folder.themes) return nothing
  const workspace_id = remote.workspace.id
  const { created, kept, gone } = compare('themes', folder.themes, remote.themes)
  const make = making(context, 'themes')
  const remove = (id: string, subject: string) =>
    answer(client.from('themes').delete().match({ workspace_id, id }), subject)
  const steps: Step[] = []

  for (const { file, document } of created)
    steps.push({
      action: 'create',
      subject: file,
      details: [],
      async run() {
        const row = { workspace_id, ...document, visibility: 'workspace', ...markOf(options) }
        await make({
          file,
          name: document.name,
          create: async () =>
            madeRow.parse(await answer(client.from('themes').insert(row).select('id').single(), file)).id,
          remove: (id) => remove(id, file),
        })
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
      await remove(id, subject)
      return undefined
    }
    return { action: 'delete', subject, details: [], run }
  })
  return { ...nothing, steps, deletions }
}
