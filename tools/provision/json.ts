// JSON as it stands in a folder: one spelling for one value, so that a comparison is one of texts and a diff shows what
// changed. Nothing is built from the names in a document, which may be "__proto__".

/** A value with sorted keys, indented, with a line break at its end. */
export function prettyJson(value: unknown): string {
  return `${written(value, '\n')}\n`
}

/** Whether two values are the same JSON, whatever the order of their keys. */
export function isSameJson(one: unknown, other: unknown): boolean {
  return written(one, '\n') === written(other, '\n')
}

function written(value: unknown, lineBreak: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const deeper = `${lineBreak}  `
  const members = Array.isArray(value)
    ? value.map((member) => written(member, deeper))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([key, member]) => `${JSON.stringify(key)}: ${written(member, deeper)}`)
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  if (members.length === 0) return `${open}${close}`
  return `${open}${deeper}${members.join(`,${deeper}`)}${lineBreak}${close}`
}

/** The keys that are told. Another one, which somebody chose, could hold a line break or what a terminal obeys. */
const plainKey = /^[\w.:/@$#+~-]{1,50}$/

/** The places in which two values differ, such as `colors.light.ring`; at most so many. */
export function changedPaths(before: unknown, after: unknown, most = 5): string[] {
  const found: string[] = []
  const visit = (one: unknown, other: unknown, path: string) => {
    if (found.length > most || isSameJson(one, other)) return
    if (!isContainer(one) || !isContainer(other) || Array.isArray(one) !== Array.isArray(other)) {
      found.push(path)
      return
    }
    const [left, right] = [new Map(Object.entries(one)), new Map(Object.entries(other))]
    for (const key of [...new Set([...left.keys(), ...right.keys()])].sort())
      visit(left.get(key), right.get(key), placeBelow(path, key))
  }
  visit(before, after, '')
  return found.length > most ? [...found.slice(0, most), '…'] : found
}

/**
 * What a document says, over what is there already: objects are merged, and anything else is taken as it is, as in
 * `update_workspace_settings`; null is a value.
 */
export function merged(before: unknown, document: unknown): unknown {
  if (!isObject(before) || !isObject(document)) return document
  const members = new Map(Object.entries(before))
  for (const [key, value] of Object.entries(document)) members.set(key, merged(members.get(key), value))
  return Object.fromEntries(members)
}

/** The places of an object, and of those in it, that a document does not name. */
export function unnamedPaths(before: unknown, document: unknown, path = ''): string[] {
  if (!isObject(before) || !isObject(document)) return []
  const named = new Map(Object.entries(document))
  return Object.entries(before)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([key, value]) => {
      const place = placeBelow(path, key)
      return named.has(key) ? unnamedPaths(value, named.get(key), place) : [place]
    })
}

function placeBelow(path: string, key: string): string {
  return [path, plainKey.test(key) ? key : '?'].filter(Boolean).join('.')
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isObject(value: unknown): value is object {
  return isContainer(value) && !Array.isArray(value)
}
