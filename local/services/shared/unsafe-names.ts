/*
 * Names by which a client could reach what all objects of JavaScript share, wherever code writes to an object under
 * a name that it was given. They are refused before any such code runs.
 */

const unsafeNames = new Set(['__proto__', 'constructor', 'prototype'])
const mention = /__proto__|constructor|prototype/

/** Parameters whose value is made of names. */
const listsNames = /(?:^|\.)(?:select|columns|order|on_conflict)$/
/** Parameters whose value is made of conditions, each of which begins with a name. */
const listsConditions = /(?:^|\.)(?:and|or)$/

/**
 * The first such name that a query uses as a name; values may be what they like.
 *
 * @param decoded the URL without escapes, in which nothing is looked for where nothing can be
 */
export function unsafeParameter(url: string, decoded: string): string | undefined {
  if (!mention.test(decoded)) return undefined
  for (const [name, value] of new URL(url).searchParams) {
    const words = wordsOf(name)
    if (listsNames.test(name)) words.push(...wordsOf(value))
    if (listsConditions.test(name)) words.push(...(value.match(/(?<!\w)\w+(?="?\s*(?:\.|->))/g) ?? []))
    const unsafe = words.find((word) => unsafeNames.has(word))
    if (unsafe) return unsafe
  }
  return undefined
}

function wordsOf(text: string): string[] {
  return text.split(/\W+/)
}

/**
 * The first such key of a JSON value: of an object or of a list's objects any, and `__proto__` wherever it stands.
 * Further inside, the others are somebody's data.
 */
export function unsafeKey(value: unknown): string | undefined {
  return unsafeColumn(value) ?? (holdsPrototype(value) ? '__proto__' : undefined)
}

/** Of rows and arguments the names alone: what stands in a document goes to the database, which says what it takes. */
function unsafeColumn(value: unknown): string | undefined {
  return (Array.isArray(value) ? value : [value]).flatMap(keysOf).find(isUnsafe)
}

function isUnsafe(name: string): boolean {
  return unsafeNames.has(name)
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : []
}

/** Without recursion: a body may nest deeper than the stack. */
function holdsPrototype(value: unknown): boolean {
  const left = [value]
  while (left.length > 0) {
    const next = left.pop()
    if (typeof next !== 'object' || next === null) continue
    if (Object.hasOwn(next, '__proto__')) return true
    for (const item of Object.values(next)) left.push(item)
  }
  return false
}
