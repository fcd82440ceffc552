import type { MediaType } from './request.ts'

export const anyMediaType: MediaType = { name: '*/*', parameters: new Map() }
export const jsonMediaType: MediaType = { name: 'application/json', parameters: new Map() }

/** `Accept`: by quality, then by how much is said of a type, then as it came. Whoever says nothing takes anything. */
export function readAccept(header: string | null): readonly MediaType[] {
  if (header === null) return [anyMediaType]
  return header
    .split(',')
    .map((part) => {
      const [text = '', quality] = part.replaceAll(' ', '').split(';q=')
      return { text, quality: readQuality(quality), specificity: count(text, ';') - count(text, '*') }
    })
    .sort((one, other) => other.quality - one.quality || other.specificity - one.specificity)
    .map(({ text }) => readMediaType(text))
}

/** `Type/Subtype; name=value; name="value"`, as far as it can be read. */
export function readMediaType(text: string): MediaType {
  const [name = '', ...parameters] = splitOutsideQuotes(text)
  return { name: name.trim().toLowerCase(), parameters: new Map(parameters.flatMap(readParameter)) }
}

function readParameter(text: string): readonly (readonly [string, string])[] {
  const equals = text.indexOf('=')
  if (equals < 0) return []
  const value = text.slice(equals + 1).trim()
  const isQuoted = value.length > 1 && value.startsWith('"') && value.endsWith('"')
  return [[text.slice(0, equals).trim().toLowerCase(), isQuoted ? value.slice(1, -1) : value]]
}

function splitOutsideQuotes(text: string): string[] {
  const parts: string[] = []
  let isQuoted = false
  let start = 0
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') isQuoted = !isQuoted
    if (text[at] !== ';' || isQuoted) continue
    parts.push(text.slice(start, at))
    start = at + 1
  }
  return [...parts, text.slice(start)]
}

function readQuality(text: string | undefined): number {
  const quality = Number.parseFloat(text ?? '')
  return Number.isNaN(quality) ? 1 : quality
}

function count(text: string, char: string): number {
  return text.split(char).length - 1
}
