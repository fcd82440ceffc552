import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DefaultsFile } from './documents.ts'
import { compareNames, fileNameFor, freeName } from './file-names.ts'
import { defaultsFile, type Folder, filesOfKinds, membersFile, typeAt, workspaceFile } from './folder.ts'
import { prettyJson } from './json.ts'
import { byIdentity, type Documents, type Kind, kinds, nameOf } from './kinds.ts'
import type { RemoteWorkspace } from './remote.ts'

// Writing a workspace into a folder. A document stays in the file that it has there, whatever the file is called, so
// that what Git shows is what changed.

/** What was done to the files of a folder. */
export interface Written {
  written: string[]
  removed: string[]
}

/**
 * Makes a folder say what a workspace is; `before` is what it said, whose names of files stay. Without members, what it
 * says of them stays as well.
 */
export function writeFolder(
  root: string,
  workspace: RemoteWorkspace,
  before: Folder | null,
  { withMembers }: { withMembers: boolean },
): Written {
  const texts = new Map<string, string>()
  const { id, name, settings } = workspace.workspace
  texts.set(workspaceFile, prettyJson({ id, name, settings }))
  if (withMembers)
    texts.set(membersFile, prettyJson(workspace.members.map(({ email, role }) => ({ email, role }))))
  const files = new Map<object, string>()
  for (const kind of kinds)
    for (const { file, thing } of filesOf(kind, workspace[kind], before?.[kind] ?? [])) {
      texts.set(file, prettyJson(thing.document))
      files.set(thing, file)
    }
  texts.set(defaultsFile, prettyJson(defaultsOf(workspace, files)))

  mkdirSync(root, { recursive: true })
  for (const kind of kinds) {
    mkdirSync(join(root, kind), { recursive: true })
    // Git keeps no empty folder, and a folder that is not there leaves its kind alone.
    if (workspace[kind].length === 0 && typeAt(root, `${kind}/.gitkeep`) === 'nothing')
      writeFileSync(join(root, kind, '.gitkeep'), '')
    if (workspace[kind].length > 0) rmSync(join(root, kind, '.gitkeep'), { force: true })
  }
  // Removed first: on some file systems one that differs in case only is the one that is written.
  const removed = filesOfKinds(root).filter((file) => !texts.has(file))
  for (const file of removed) rmSync(join(root, file))
  const written = [...texts].filter(([file, text]) => writeWhole(root, file, text)).map(([file]) => file)
  return { written, removed }
}

/** The defaults as files name them. */
function defaultsOf(
  { defaults, themes, dashboards }: RemoteWorkspace,
  files: Map<object, string>,
): DefaultsFile {
  const fileById = new Map([...themes, ...dashboards].map((thing) => [thing.id, files.get(thing) ?? '']))
  const fileOf = (id: string | null) => id && (fileById.get(id) ?? id)
  return {
    theme: fileOf(defaults.theme),
    view: fileOf(defaults.view),
    roles: Object.fromEntries([...defaults.roles].map(([role, id]) => [role, fileById.get(id) ?? ''])),
  }
}

function filesOf<K extends Kind>(
  kind: K,
  things: { document: Documents[K] }[],
  before: { file: string; document: Documents[K] }[],
): { file: string; thing: { document: Documents[K] } }[] {
  const present = byIdentity(kind, things)
  const files = new Map<string, string>()
  for (const [identity, { file }] of byIdentity(kind, before))
    if (present.has(identity)) files.set(identity, file)
  const taken = new Set([...files.values()].map((file) => baseName(kind, file).toLowerCase()))
  return [...present]
    .map(([identity, thing]) => {
      const name = fileNameFor(nameOf[kind](thing.document))
      return { file: files.get(identity) ?? `${kind}/${freeName(name, taken)}.json`, thing }
    })
    .sort((one, other) => compareNames(one.file, other.file))
}

const baseName = (kind: Kind, file: string) => file.slice(kind.length + 1, -'.json'.length)

/** Writes a file as a whole or not at all; whether it said something else before. */
function writeWhole(root: string, file: string, text: string): boolean {
  const path = join(root, file)
  if (typeAt(root, file) === 'file' && readFileSync(path, 'utf8') === text) return false
  const unfinished = join(dirname(path), `.${process.pid}.unfinished`)
  writeFileSync(unfinished, text)
  renameSync(unfinished, path)
  return true
}
