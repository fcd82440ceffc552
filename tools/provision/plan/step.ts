import type { SupabaseClient } from '@supabase/supabase-js'
import type { Entry, Folder } from '../folder.ts'
import { isSameJson } from '../json.ts'
import { byIdentity, type Documents, type Kind } from '../kinds.ts'
import type { RemoteWorkspace } from '../remote.ts'

/** One thing that a push does, in a transaction of its own. */
export interface Step {
  action: 'create' | 'change' | 'delete'
  /** A file, or what there is no file for. */
  subject: string
  /** What of it changes. */
  details: string[]
  /** Does it; what comes back is to be told. */
  run(): Promise<string | undefined>
}

/** What a push cannot do, or does in vain, and what would be right. */
export interface Conflict {
  subject: string
  message: string
}

export interface Options {
  /** Whether what is not in the folder goes. */
  deletes: boolean
  /** The mark that everything of the folder gets; undefined leaves it as it is. */
  managed: boolean | undefined
  /** Takes the tokens of invitations, which are told once. */
  keepToken(invitation: unknown): void
}

/** All that a plan is made from. */
export interface Context {
  client: SupabaseClient
  folder: Folder
  remote: RemoteWorkspace
  options: Options
}

/** The part of a plan that is about one kind: what comes first, and what goes when all else is done. */
export interface Part {
  steps: Step[]
  deletions: Step[]
  conflicts: Conflict[]
  /** What stays as it is, and why, beside the deletions that are not asked for. */
  kept?: string[]
  /** What the workspace lacks for a document to work. */
  warnings?: Conflict[]
}

export const nothing: Part = { steps: [], deletions: [], conflicts: [] }

/** How it is told what stays that `--delete` would remove. */
export function notInFolder(subject: string): string {
  return `${subject}, which is not in the folder (--delete removes it)`
}

/** The files of a kind beside what is in the workspace. */
export function compare<K extends Kind, Thing extends { document: Documents[K] }>(
  kind: K,
  files: Entry<Documents[K]>[],
  things: Thing[],
) {
  const wanted = byIdentity(kind, files)
  const present = byIdentity(kind, things)
  const created: Entry<Documents[K]>[] = []
  const kept: { entry: Entry<Documents[K]>; thing: Thing; isChanged: boolean }[] = []
  for (const [identity, entry] of wanted) {
    const thing = present.get(identity)
    if (!thing) created.push(entry)
    else kept.push({ entry, thing, isChanged: !isSameJson(entry.document, thing.document) })
  }
  const gone = [...present].filter(([identity]) => !wanted.has(identity)).map(([, thing]) => thing)
  return { created, kept, gone }
}

/** Whether the mark of a thing has to change. */
export function isToBeMarked({ managed }: Options, { isManaged }: { isManaged: boolean }): boolean {
  return managed !== undefined && managed !== isManaged
}

/** The columns of a mark, none where it stays as it is. */
export function markOf({ managed }: Options): { is_managed?: boolean } {
  return managed === undefined ? {} : { is_managed: managed }
}

/** How a change of a mark is told. */
export function markDetail({ managed }: Options): string {
  return managed ? 'managed' : 'no longer managed'
}
