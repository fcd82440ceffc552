import { answer, writeRow } from '../calls.ts'
import type { RoleFile } from '../documents.ts'
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

/** The roles of a workspace's own; those that are built in are no files. */
export function planRoles({ client, folder, remote, options }: Context): Part {
  if (!folder.roles) return nothing
  const workspace_id = remote.workspace.id
  const files = folder.roles.map(({ file, document }) => ({
    file,
    document: withImplied(document, remote.impliedBy),
  }))
  const { created, kept, gone } = compare('roles', files, remote.roles)
  const steps: Step[] = []

  for (const { file, document } of created)
    steps.push({
      action: 'create',
      subject: file,
      details: [],
      async run() {
        const row = { workspace_id, ...document, ...markOf(options) }
        await answer(client.from('workspace_roles').insert(row), file)
        return undefined
      },
    })
  for (const { entry, thing, isChanged } of kept) {
    const { file, document } = entry
    const details = changedPaths(thing.document, document)
    if (isToBeMarked(options, thing)) details.push(markDetail(options))
    if (!isChanged && details.length === 0) continue
    steps.push({
      action: 'change',
      subject: file,
      details,
      async run() {
        const { key, ...columns } = document
        await writeRow(
          client
            .from('workspace_roles')
            .update({ ...columns, ...markOf(options) })
            .match({ workspace_id, key })
            .select('key'),
          file,
        )
        return undefined
      },
    })
  }
  const deletions = gone.map(({ document: { key } }): Step => {
    const subject = `roles: ${key}`
    const run = async () => {
      await answer(client.from('workspace_roles').delete().match({ workspace_id, key }), subject)
      return undefined
    }
    return { action: 'delete', subject, details: [], run }
  })
  return { ...nothing, steps, deletions }
}

/** A role with the permissions that come along with its own, as the database keeps it. */
function withImplied(role: RoleFile, impliedBy: Map<string, string[]>): RoleFile {
  const implied = [...impliedBy]
    .filter(([, by]) => by.some((key) => role.permissions.includes(key)))
    .map(([key]) => key)
  return { ...role, permissions: [...new Set([...role.permissions, ...implied])].sort() }
}
