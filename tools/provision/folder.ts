import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { messageOf, StackError } from '../../local/stack/index.ts'
import {
  type DefaultsFile,
  defaultsFileSchema,
  type MemberFile,
  membersFileSchema,
  type WorkspaceFile,
  workspaceFileSchema,
} from './documents.ts'
import { fileError } from './errors.ts'
import { compareNames } from './file-names.ts'
import { type Documents, isNameUnique, type Kind, kinds, nameOf, schemas } from './kinds.ts'

// Reading a folder. All of it is checked before anything is done with any of it, and a link, which could lead out of
// the folder, is refused.

/** A document with the file that it stands in, as `themes/ocean.json`. */
export interface Entry<Document> {
  file: string
  document: Document
}

/** What a folder says of a workspace. What it has no place for (no folder, no file) is null, and left alone. */
export type Folder = { [K in Kind]: Entry<Documents[K]>[] | null } & {
  workspace: WorkspaceFile | null
  members: MemberFile[] | null
  defaults: DefaultsFile | null
}

export const workspaceFile = 'workspace.json'
export const membersFile = 'members.json'
export const defaultsFile = 'defaults.json'

/** Larger than any document that the database takes. */
const largestFile = 8 * 1024 * 1024

/** @throws StackError that names the file and the place in it */
export function readFolder(root: string): Folder {
  if (typeAt(root, '') !== 'folder') throw new StackError(`There is no folder ${root}.`)
  const folder: Folder = {
    workspace: readOptional(root, workspaceFile, workspaceFileSchema),
    roles: readKind(root, 'roles'),
    components: readKind(root, 'components'),
    themes: readKind(root, 'themes'),
    dashboards: readKind(root, 'dashboards'),
    members: readOptional(root, membersFile, membersFileSchema),
    defaults: readOptional(root, defaultsFile, defaultsFileSchema),
  }
  refuseMissingFiles(folder)
  return folder
}

/** A default is a file of the folder. */
function refuseMissingFiles({ defaults, themes, dashboards }: Folder): void {
  const { theme, view, roles = {} } = defaults ?? {}
  const there = new Set([...(themes ?? []), ...(dashboards ?? [])].map(({ file }) => file))
  const named: [place: string, file: string | null | undefined][] = [
    ['theme', theme?.includes('/') ? theme : null],
    ['view', view],
    ...Object.entries(roles).map(([role, file]): [string, string] => [`roles.${role}`, file]),
  ]
  for (const [place, file] of named)
    if (file && !there.has(file)) throw fileError(defaultsFile, place, `There is no file ${file}.`)
}

/** The files in the folders of the kinds, as `themes/ocean.json`. */
export function filesOfKinds(root: string): string[] {
  return kinds.flatMap((kind) =>
    typeAt(root, kind) === 'nothing' ? [] : jsonFiles(root, kind).map((name) => `${kind}/${name}.json`),
  )
}

/** @throws StackError where something stands there that is neither file nor folder, such as a link */
export function typeAt(root: string, path: string): 'nothing' | 'file' | 'folder' {
  const found = lstatSync(join(root, path), { throwIfNoEntry: false })
  if (!found) return 'nothing'
  if (found.isFile()) return 'file'
  if (found.isDirectory()) return 'folder'
  throw fileError(path || root, '', 'This is neither a file nor a folder: links are not followed.')
}

function readKind<K extends Kind>(root: string, kind: K): Entry<Documents[K]>[] | null {
  if (typeAt(root, kind) === 'nothing') return null
  const entries = jsonFiles(root, kind).map((name) => {
    const file = `${kind}/${name}.json`
    return { file, document: readJson(root, file, schemas[kind]) }
  })
  if (isNameUnique[kind]) refuseTwins(kind, entries)
  return entries
}

function jsonFiles(root: string, kind: Kind): string[] {
  if (typeAt(root, kind) !== 'folder') throw fileError(kind, '', 'This must be a folder.')
  return readdirSync(join(root, kind))
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort(compareNames)
}

function refuseTwins<K extends Kind>(kind: K, entries: Entry<Documents[K]>[]): void {
  const files = new Map<string, string>()
  for (const { file, document } of entries) {
    const name = nameOf[kind](document)
    const twin = files.get(name)
    if (twin) throw fileError(file, '', `This is ${name}, which stands in ${twin} too.`)
    files.set(name, file)
  }
}

function readOptional<Document>(root: string, file: string, schema: z.ZodType<Document>): Document | null {
  return typeAt(root, file) === 'nothing' ? null : readJson(root, file, schema)
}

function readJson<Document>(root: string, file: string, schema: z.ZodType<Document>): Document {
  if (typeAt(root, file) !== 'file') throw fileError(file, '', 'This must be a file.')
  if (lstatSync(join(root, file)).size > largestFile) throw fileError(file, '', 'This is larger than 8 MiB.')
  let value: unknown
  try {
    value = JSON.parse(readFileSync(join(root, file), 'utf8'))
  } catch (error) {
    throw fileError(file, '', `This is not JSON: ${messageOf(error)}`)
  }
  const { data, error } = schema.safeParse(value)
  if (!error) return data
  const [issue] = error.issues
  throw fileError(file, issue?.path.join('.') ?? '', issue?.message ?? 'This is not a document of this kind.')
}
