/** What the rows of a JSON text are called, read without building any of them: Postgres reads the values. */
export interface JsonShape {
  isArray: boolean
  isEmpty: boolean
  keys: readonly string[]
}

/**
 * @param text valid JSON
 * @returns undefined where it is an array of anything but objects with the same keys
 */
export function shapeOfJson(text: string): JsonShape | undefined {
  const start = skipSpace(text, 0)
  if (text[start] === '{') return { isArray: false, isEmpty: false, keys: [...readKeys(text, start).keys] }
  if (text[start] !== '[') return { isArray: true, isEmpty: true, keys: [] }
  return shapeOfArray(text, start)
}

function shapeOfArray(text: string, start: number): JsonShape | undefined {
  let at = skipSpace(text, start + 1)
  if (text[at] === ']') return { isArray: true, isEmpty: true, keys: [] }
  let first: ReadonlySet<string> | undefined
  for (;;) {
    if (text[at] !== '{') return undefined
    const { keys, end } = readKeys(text, at)
    first ??= keys
    if (!isSame(keys, first)) return undefined
    at = skipSpace(text, end)
    if (text[at] === ']') return { isArray: true, isEmpty: false, keys: [...first] }
    at = skipSpace(text, at + 1)
  }
}

function isSame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  if (one.size !== other.size) return false
  for (const key of one) if (!other.has(key)) return false
  return true
}

/** The keys of the object that begins here, and where it ends. */
function readKeys(text: string, start: number): { keys: Set<string>; end: number } {
  const keys = new Set<string>()
  let at = skipSpace(text, start + 1)
  while (text[at] !== '}') {
    const end = skipString(text, at)
    const key = text.slice(at + 1, end - 1)
    keys.add(key.includes('\\') ? JSON.parse(text.slice(at, end)) : key)
    const colon = skipSpace(text, end)
    at = skipSpace(text, skipValue(text, skipSpace(text, colon + 1)))
    if (text[at] === ',') at = skipSpace(text, at + 1)
  }
  return { keys, end: at + 1 }
}

function skipValue(text: string, start: number): number {
  if (text[start] === '"') return skipString(text, start)
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const char = text[at]
    if (char === '"') at = skipString(text, at) - 1
    else if (char === '{' || char === '[') depth += 1
    else if (depth === 0 && (char === ',' || char === '}')) return at
    else if (char === '}' || char === ']') {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return text.length
}

/** From an opening quote to behind the closing one. */
function skipString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0
    while (text[at - 1 - backslashes] === '\\') backslashes += 1
    if (backslashes % 2 === 0) return at + 1
  }
  return text.length
}

function skipSpace(text: string, start: number): number {
  let at = start
  for (let code = text.charCodeAt(at); isSpace(code); code = text.charCodeAt(at)) at += 1
  return at
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9
}
