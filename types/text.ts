import * as z from 'zod'
import * as characters from './characters.ts'

// Text that people type for other people to read, as private.clean_text treats it in the database.

/** More bytes than this are refused before anything is done with them. */
const largestLine = 4_096

const invisible = new RegExp(`[${characters.invisible}]`, 'gu')
const whiteSpace = new RegExp(`[${characters.whiteSpace}]+`, 'gu')

/** What draws nothing by itself where it has an effect, as the first group; and where it has none. */
const placed = new RegExp(
  `(${[
    `(?<=[${characters.joined}])[\\u{200C}\\u{200D}](?=[${characters.joined}])`,
    `(?<=[${characters.pictographic}\\u{1F3FB}-\\u{1F3FF}]\\u{FE0F}?)\\u{200D}(?=[${characters.pictographic}])`,
    `(?<=[${characters.textEmoji}])\\u{FE0F}`,
    `(?<=[0-9#*])\\u{FE0F}(?=\\u{20E3})`,
    `(?<=[${characters.colorEmoji}])\\u{FE0E}`,
    `(?<=[${characters.ideograph}])[\\u{FE00}-\\u{FE02}\\u{E0100}-\\u{E01EF}]`,
    `(?<=[${characters.mongolian}])[\\u{180B}-\\u{180D}\\u{180F}]`,
    `(?<=\\u{1F3F4})(?:${characters.flagTags})`,
  ].join('|')})|[${characters.placed}]`,
  'gu',
)

/**
 * One line of text in the form NFC without invisible or direction-changing characters; empty where nothing visible is
 * left. Joiners stay between letters of a script that joins them and inside of emoji, a variation selector right after
 * a character that it changes, tags as the flag that they draw; at the ends and repeated they go.
 *
 * @example
 * const name = cleanText('  Analytical\tEngines ') // 'Analytical Engines'
 */
export function cleanText(text: string): string {
  return text
    .replace(invisible, '')
    .normalize('NFC')
    .replace(placed, '$1')
    .replace(whiteSpace, ' ')
    .replace(/^ | $/g, '')
    .normalize('NFC')
}

/** Where a tag, a comment or a declaration of HTML would begin. */
const markup = /<[A-Za-z/!?]/

/**
 * Whether Postgres can store it: it has no half characters, and no character zero.
 *
 * @example
 * const isText = isStorable('\ud800') // false: half a character
 */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

function isWithin(text: string, min: number, max: number): boolean {
  // A character has at most two units of UTF-16: what is far too long is not counted.
  if (text.length > 2 * max) return false
  const { length } = [...text]
  return length >= min && length <= max
}

/**
 * A line of text, cleaned and without markup, with a length in characters as a person counts them.
 *
 * @example
 * const teamNameSchema = singleLine({ min: 1, max: 50 })
 */
export function singleLine({ min, max }: { min: number; max: number }) {
  return z
    .string()
    .refine((text) => text.length <= largestLine && new TextEncoder().encode(text).length <= largestLine, {
      error: `This must have ${min} to ${max} visible characters.`,
      abort: true,
    })
    .refine(isStorable, {
      error: 'This is not text.',
      abort: true,
    })
    .overwrite(cleanText)
    .refine((text) => isWithin(text, min, max), {
      error: `This must have ${min} to ${max} visible characters.`,
    })
    .refine((text) => !markup.test(text), { error: 'This must not contain HTML.' })
}

/** As `private.lines_problem` counts them. */
const largestText = { bytes: 32_768, lines: 200 }
/** As `private.takes_long` has them. */
const pile = new RegExp(`[${characters.extending}]{31}`, 'u')
const eachPlaced = new RegExp(`[${characters.placed}]`, 'gu')
const lineEnd = /\r\n?|[\n\v\f\u0085\u2028\u2029]/

function isReadable(text: string): boolean {
  if (text.length > largestText.bytes) return false
  const bytes = new TextEncoder().encode(text).length
  if (bytes > largestText.bytes || text.split(lineEnd).length > largestText.lines) return false
  return bytes <= largestLine || (!pile.test(text) && (text.match(eachPlaced)?.length ?? 0) <= 500)
}

function cleanLines(text: string): string {
  return text
    .split(lineEnd)
    .map(cleanText)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+|\n+$/g, '')
}

/**
 * A text of several lines, each cleaned and without markup, with at most one empty line between two.
 *
 * @example
 * const noteSchema = textLines({ min: 1, max: 500 })
 */
export function textLines({ min, max }: { min: number; max: number }) {
  const error = `This must have ${min} to ${max} visible characters, in at most ${largestText.lines} lines.`
  return z
    .string()
    .refine(isReadable, { error, abort: true })
    .refine(isStorable, { error: 'This is not text.', abort: true })
    .overwrite(cleanLines)
    .refine((text) => isWithin(text, min, max), { error })
    .refine((text) => !markup.test(text), { error: 'This must not contain HTML.' })
}

/**
 * The name of a person.
 *
 * @example
 * const name = personNameSchema.parse(' Ada  Lovelace') // 'Ada Lovelace'
 */
export const personNameSchema = singleLine({ min: 1, max: 100 })

/**
 * The name of a workspace.
 *
 * @example
 * const { success } = workspaceNameSchema.safeParse('<b>Studio</b>') // false
 */
export const workspaceNameSchema = singleLine({ min: 1, max: 255 })

/**
 * The name of a role; no other role of the workspace has it, written in small or capital letters.
 *
 * @example
 * const name = roleNameSchema.parse('Editor')
 */
export const roleNameSchema = singleLine({ min: 1, max: 50 })

/**
 * A text as it is, counted in characters, as JSON Schema counts them.
 *
 * @example
 * const noteSchema = plainText({ max: 500 })
 */
export function plainText({ min = 0, max }: { min?: number; max: number }) {
  return z
    .string()
    .refine((text) => isWithin(text, min, max) && isStorable(text), {
      error: `This must have ${min} to ${max} characters.`,
    })
    .meta(min === 0 ? { maxLength: max } : { minLength: min, maxLength: max })
}
