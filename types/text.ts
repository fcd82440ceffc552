import { z } from 'zod'

// Text that people type for other people to read, as private.clean_text treats it in the database.

/** Control and format characters but for white space and the two joiners, which scripts and emoji need. */
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0001-\u0008\u000E-\u001F\u007F-\u0084\u0086-\u009F\u00AD\u061C\u115F\u1160\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\u2800\u3164\uFEFF\uFFA0]/g
const whiteSpace = /[\t-\r \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+/g

/** One line of text without invisible or direction-changing characters; empty where nothing visible is left. */
export function cleanText(text: string): string {
  const line = text
    .replace(invisible, '')
    .replace(whiteSpace, ' ')
    .replace(/^ +| +$/g, '')
  return /^[ \u200C\u200D]*$/.test(line) ? '' : line
}

/** Where a tag, a comment or a declaration of HTML would begin. */
const markup = /<[A-Za-z/!?]/

/** Whether Postgres can store it: it has no half characters, and no character zero. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

/** A line of text, cleaned and without markup, with a length in characters as a person counts them. */
export function lineOfText({ min, max }: { min: number; max: number }) {
  return z
    .string()
    .refine(isStorable, {
      error: 'This is not text.',
      abort: true,
    })
    .overwrite(cleanText)
    .refine((text) => [...text].length >= min && [...text].length <= max, {
      error: `This must have ${min} to ${max} visible characters.`,
    })
    .refine((text) => !markup.test(text), { error: 'This must not contain HTML.' })
}

/** A text as it is, counted in characters, as JSON Schema counts them. */
export function plainText({ min = 0, max }: { min?: number; max: number }) {
  return z
    .string()
    .refine((text) => isStorable(text) && [...text].length >= min && [...text].length <= max, {
      error: `This must have ${min} to ${max} characters.`,
    })
    .meta(min === 0 ? { maxLength: max } : { minLength: min, maxLength: max })
}
