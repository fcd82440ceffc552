import { asked, isCallable } from './callables.ts'
import { DataNotValidError } from './data-not-valid.ts'
import type { Node } from './jsonata-internals.ts'
import { mostBytes, mostBytesOfStep, type SizeOf } from './sizes.ts'

// What is asked before a function of JSONata runs that can take for ever with little: one call of it is one step, and
// nothing ends a step.

type Guard = (given: unknown[], sizeOf: SizeOf) => void

/** A number counts for eight, and may be one digit and a comma. */
const mostLikelyText = 4.5 * mostBytes
const longestPicture = 100
/** Of a text that is looked for: each place in the other may begin with nearly all of it. */
const longestPattern = 1_000
const longestMoment = 40
const mostParts = 8

/** By the names of the functions. @throws {DataNotValidError} */
export const guards: Record<string, Guard> = {
  eval: () => refuse(true, 'A mapping cannot evaluate text.'),
  string([value, isPretty], sizeOf) {
    // What counts for this much is longer as a text, and would be refused then.
    const isLong = sizeOf(value, mostLikelyText) > mostLikelyText
    refuse(isLong || (isPretty === true && isDeep(value)), 'A mapping makes texts of at most 256 KiB.')
  },
  pad([, width, filling]) {
    const columns = Math.abs(Number(width))
    const isLong = columns > 1_000 || (typeof filling === 'string' && filling.length * columns > mostBytes)
    refuse(isLong, 'A mapping pads to at most 1,000 characters.')
  },
  zip(lists) {
    const [shortest = 0] = lists.map((list) => (Array.isArray(list) ? list.length : 0)).sort((a, b) => a - b)
    refuse(lists.length * shortest * 8 > mostBytesOfStep, 'These lists are too long for $zip.')
  },
  join([texts, separator], sizeOf) {
    const between =
      typeof separator === 'string' && Array.isArray(texts) ? separator.length * texts.length : 0
    refuse(sizeOf(texts, mostBytes) + between > mostBytes, 'A mapping joins texts to at most 256 KiB.')
  },
  formatInteger([value, picture]) {
    requireFinite(value)
    requirePicture(picture)
  },
  parseInteger: ([, picture]) => requirePicture(picture),
  formatNumber([value, picture, options], sizeOf) {
    requireFinite(value)
    requirePicture(picture)
    refuse(sizeOf(options, 1_000) > 1_000, 'The options of a number are too long.')
    // Without its digit for zero JSONata looks for the end of a number for ever.
    const signs = Object.entries(options ?? {}).filter(([key]) => key !== 'infinity' && key !== 'NaN')
    refuse(
      signs.some(([, sign]) => typeof sign !== 'string' || sign.length !== 1),
      'An option of a number is one character, but for "infinity" and "NaN".',
    )
  },
  contains: requireShortPattern,
  replace([text, pattern, replacement]) {
    if (isCallable(replacement)) throw asked()
    requireShortPattern([text, pattern])
  },
  split: requireShortPattern,
  substringAfter: requireShortPattern,
  substringBefore: requireShortPattern,
  fromMillis: ([, picture]) => requireMoment(picture),
  now: ([picture]) => requireMoment(picture),
  toMillis([text, picture]) {
    requirePicture(picture)
    refuse(
      typeof picture === 'string' && (String(text).length > longestMoment || !isClear(picture)),
      `What is read by a picture has at most ${longestMoment} characters and ${mostParts} parts, set apart by signs.`,
    )
  },
}

/**
 * Refuses what no guard of a call can: the signature of a function that a mapping declares is made a regular expression
 * of as it stands, and each call is held to it.
 *
 * @throws {DataNotValidError}
 */
export function requireShortSignatures(nodes: Node[]) {
  for (const { type, signature } of nodes) {
    if (type !== 'lambda' || signature === undefined) continue
    const { definition } = signature as { definition: string }
    const howOften = (sign: RegExp) => definition.split(sign).length - 1
    refuse(
      definition.length > longestPicture ||
        !/^[a-z<>():?+-]*$/.test(definition) ||
        /\([a-z]*[^a-z)]/.test(definition) ||
        howOften(/\+/) > 1 ||
        howOften(/[?-]/) > mostParts,
      `A signature has at most ${longestPicture} characters, of which one is "+" and ${mostParts} are "?" or "-".`,
    )
  }
}

/**
 * Whether a text can be read by a picture in one way. JSONata makes a regular expression of it, and where a part might
 * end at several places all of them are tried, for each part after it.
 */
function isClear(picture: string): boolean {
  const [, ...parts] = picture.replaceAll(/\s/g, '_').split('[')
  return (
    parts.length <= mostParts &&
    parts.every((part, n) => {
      const next = parts[n + 1]
      const [marked = '', between = ''] = part.split(']')
      // JSONata reads past what is blank in a marker.
      const marker = marked.replaceAll('_', '')
      // In words, a part may hold the signs that set parts apart; what else stands in a marker is a pattern.
      if (!part.includes(']') || /^.[wW]/.test(marker) || !/^[A-Za-z0-9#,*:+-]*$/.test(marker)) return false
      return (
        next === undefined ||
        /[^a-zA-Z0-9]/.test(between) ||
        /^[zZ]/.test(next) ||
        // Numbers that stand side by side have a fixed width.
        (isNumber(marker) && isNumber(next) && /^[a-zA-Z]*$/.test(between))
      )
    })
  )
}

/** Of a fraction of a second every digit counts, however many there are. */
const isNumber = (marker: string) => /^[A-EG-OQ-Ya-eg-y][0-9]*(?:,|\]|$)/.test(marker)

function requireMoment(picture: unknown) {
  requirePicture(picture)
  // The width of a part, to which it is filled up.
  refuse(
    typeof picture === 'string' && /,[^\]]*(?:[1-9]\d{2}|0x)/i.test(picture.replaceAll(/\s/g, '')),
    'A part of a moment is at most 99 characters wide.',
  )
}

/** Whether the spaces alone, two more at each level, are more than a text may be. */
function isDeep(value: unknown): boolean {
  let spaces = 0
  const rest: [value: unknown, spaces: number][] = [[value, 0]]
  while (rest.length > 0 && spaces <= mostBytes) {
    const [next, before] = rest.pop() as [unknown, number]
    spaces += before
    if (typeof next === 'object' && next !== null)
      for (const each of Object.values(next)) rest.push([each, before + 2])
  }
  return spaces > mostBytes
}

/** Digits of what is endless have no end. */
function requireFinite(value: unknown) {
  refuse(
    typeof value === 'number' && !Number.isFinite(value),
    'A mapping writes numbers that are not infinite.',
  )
}

function requireShortPattern([, pattern]: unknown[]) {
  refuse(
    typeof pattern === 'string' && pattern.length > longestPattern,
    'A mapping looks for texts of at most 1,000 characters.',
  )
}

function requirePicture(picture: unknown) {
  refuse(
    typeof picture === 'string' && picture.length > longestPicture,
    `A picture has at most ${longestPicture} characters.`,
  )
}

function refuse(isTooMuch: boolean, message: string) {
  if (isTooMuch) throw new DataNotValidError(message, 'mapping')
}
