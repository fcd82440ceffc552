import { unreadable } from './errors.ts'
import type { QueryParameter } from './request.ts'

/** Longer than every proxy lets through. */
const maxLength = 1 << 20

/** `a=1&b&c=`, where a semicolon separates as well. What is percent-encoded wrongly stands for itself. */
export function readQueryString(search: string): readonly QueryParameter[] {
  if (search.length > maxLength) throw unreadable('"failed to parse query string"', 'longer than 1 MiB')
  const parameters: QueryParameter[] = []
  let start = 0
  for (let at = 0; at <= search.length; at += 1) {
    const code = search.charCodeAt(at)
    if (at < search.length && code !== 38 && code !== 59) continue
    if (at > start) parameters.push(readParameter(search.slice(start, at)))
    start = at + 1
  }
  return parameters
}

/** The parameters as PostgREST repeats them: in the order of the names, those of one name together. */
export function canonicalQuery(query: readonly QueryParameter[]): string {
  const values = new Map<string, string[]>()
  for (const [name, value] of query) values.set(name, [...(values.get(name) ?? []), encode(value ?? '')])
  const names = [...values.keys()].sort((one, other) => (one < other ? -1 : 1))
  return names.map((name) => `${encode(name)}=${values.get(name)?.join(',')}`).join('&')
}

function readParameter(text: string): QueryParameter {
  const equals = text.indexOf('=')
  if (equals < 0) return [decodeParameter(text), undefined]
  return [decodeParameter(text.slice(0, equals)), decodeParameter(text.slice(equals + 1))]
}

function decodeParameter(text: string): string {
  return decodePercents(text.includes('+') ? text.replaceAll('+', ' ') : text)
}

/** @throws RequestError for what is not UTF-8, and for the character that Postgres keeps nowhere */
export function decodePercents(text: string): string {
  if (!text.includes('%')) return text
  const decoded = decodeStrictly(text) ?? decodeLeniently(text)
  if (decoded === undefined || decoded.includes('\0'))
    throw unreadable('"failed to parse query string"', 'not a text in UTF-8 without zero bytes')
  return decoded
}

function decodeStrictly(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function decodeLeniently(text: string): string | undefined {
  const bytes: number[] = []
  const source = new TextEncoder().encode(text)
  for (let at = 0; at < source.length; at += 1) {
    const digits = String.fromCharCode(source[at + 1] ?? 0, source[at + 2] ?? 0)
    const isEncoded = source[at] === 37 && hexadecimal.test(digits)
    bytes.push(isEncoded ? Number.parseInt(digits, 16) : (source[at] ?? 0))
    if (isEncoded) at += 2
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes))
  } catch {
    return undefined
  }
}

const hexadecimal = /^[\da-f]{2}$/i

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
