import { writeRow } from '../calls.ts'
import { workspaceFile } from '../folder.ts'
import { changedPaths } from '../json.ts'
import { type Context, nothing, type Part } from './step.ts'

/** Its name and its settings. */
export function planWorkspace({ client, folder, remote }: Context): Part {
  if (!folder.workspace) return nothing
  const { name, settings } = folder.workspace
  const { id, ...before } = remote.workspace
  const details = changedPaths(before, { name, settings })
  if (details.length === 0) return nothing
  const run = async () => {
    await writeRow(
      client.from('workspaces').update({ name, settings }).eq('id', id).select('id'),
      workspaceFile,
    )
    return undefined
  }
  return { ...nothing, steps: [{ action: 'change', subject: workspaceFile, details, run }] }
}
