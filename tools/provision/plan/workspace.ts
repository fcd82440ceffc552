import { answer } from '../calls.ts'
import { fileError } from '../errors.ts'
import { workspaceFile } from '../folder.ts'
import { changedPaths, merged, unnamedPaths } from '../json.ts'
import { type Context, nothing, notInFolder, type Part } from './step.ts'

/**
 * Its name and its settings. The name is that of the workspace whose id the file says, and of no other one that the
 * folder is pushed to.
 */
export function planWorkspace({ client, folder, remote, options }: Context): Part {
  if (!folder.workspace) return nothing
  const { id, updatedAt, ...before } = remote.workspace
  const { id: named, name = before.name, settings } = folder.workspace
  const isNamed = named === id || name === before.name
  const wanted = {
    name: isNamed ? name : before.name,
    settings: options.deletes ? settings : merged(before.settings, settings),
  }
  const unnamed = options.deletes ? [] : unnamedPaths(before.settings, settings, 'settings')
  const kept = unnamed.map((place) => notInFolder(`${workspaceFile}: ${place}`))
  if (!isNamed) kept.push(`${workspaceFile}: name, since the folder names another workspace`)

  const details = changedPaths(before, wanted)
  if (details.length === 0) return { ...nothing, kept }
  const run = async () => {
    // What somebody sets meanwhile would be overwritten with what it was.
    const match = { id, updated_at: updatedAt }
    const rows = await answer(
      client.from('workspaces').update(wanted).match(match).select('id'),
      workspaceFile,
    )
    if (!Array.isArray(rows) || rows.length !== 1)
      throw fileError(
        workspaceFile,
        '',
        'Somebody has changed or deleted it meanwhile: run the command again.',
      )
    return undefined
  }
  return { ...nothing, steps: [{ action: 'change', subject: workspaceFile, details, run }], kept }
}
