/** What an edit does. */
export const mutationKinds = [
  'clause',
  'policy',
  'trigger',
  'withheld',
  'lock',
  'check',
  'limit',
  'key',
  'default',
] as const

export type MutationKind = (typeof mutationKinds)[number]

/** One edit of one file, which breaks a rule that a test should hold. */
export interface Mutation {
  kind: MutationKind
  /** From the project's root. */
  file: string
  start: number
  end: number
  replacement: string
}

/** An edit before it is known where it belongs. */
export type Edit = Pick<Mutation, 'kind' | 'start' | 'end' | 'replacement'>

export function applyEdit(text: string, { start, end, replacement }: Edit): string {
  return text.slice(0, start) + replacement + text.slice(end)
}

/** Several edits of one text; undefined where one is inside of another. */
export function applyEdits(text: string, edits: readonly Edit[]): string | undefined {
  const fromBehind = edits.toSorted((a, b) => b.start - a.start)
  const overlap = fromBehind.some(({ start }, index) => (fromBehind[index + 1]?.end ?? 0) > start)
  return overlap ? undefined : fromBehind.reduce(applyEdit, text)
}

/** Names an edit in a list that people read: `sql/…/30_views.sql:12 clause: and x = y -> (nothing)`. */
export function describeMutation(mutation: Mutation, text: string): string {
  const line = text.slice(0, mutation.start).split('\n').length
  return `${mutation.file}:${line} ${changeOf(mutation, text)}`
}

/**
 * Names an edit by what it stands in, so that lines before it may come and go:
 * `sql/…/30_views.sql tg_view_rules clause: and x = y -> (nothing)`.
 */
export function nameMutation(mutation: Mutation, text: string): string {
  const made = [...text.slice(0, mutation.start).matchAll(makes)].at(-1)?.[1] ?? ''
  return `${mutation.file} ${made} ${changeOf(mutation, text)}`
}

/** What makes an object of the schema, or a function of TypeScript. */
const makes =
  /^(?:create (?:or replace )?(?:\w+ )+?(?:(?:public|private)\.)?|(?:export )?(?:async )?(?:function|const) )(\w+)/gm

function changeOf(mutation: Mutation, text: string): string {
  const before = onOneLine(text.slice(mutation.start, mutation.end))
  const after = onOneLine(mutation.replacement) || '(nothing)'
  return `${mutation.kind}: ${before} -> ${after}`
}

function onOneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > 90 ? `${line.slice(0, 89)}…` : line
}
