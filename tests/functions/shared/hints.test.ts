import { expect, it } from 'vitest'
import * as z from 'zod'
import { hintOf } from '../../../functions/_shared/hints.ts'
import { changeRequestSchema } from '../../../types/billing-functions.ts'
import { dataSourceInputSchema } from '../../../types/data-source.ts'

// What a hint says is what would be right, whatever kind of value is refused.

const schema = z.strictObject({
  text: z.string().min(1).max(3).optional(),
  number: z.number().min(0).lt(10).optional(),
  whole: z.int().optional(),
  flag: z.boolean().optional(),
  list: z.array(z.string()).min(2).max(3).optional(),
  object: z.object({ id: z.guid() }).optional(),
  choice: z.enum(['a', 'b']).optional(),
  only: z.literal('EC').optional(),
  time: z.iso.datetime({ offset: true }).optional(),
  form: z.string().regex(/^WK-/).optional(),
  worded: z.string().regex(/^WK-/, 'Give the id of a workspace.').optional(),
  own: z
    .string()
    .refine((text) => text !== ' ', 'Say something.')
    .optional(),
})

it.each<[Record<string, unknown>, string]>([
  [{ text: 7 }, 'Give a text.'],
  [{ text: '' }, 'This must not be empty.'],
  [{ text: 'long' }, 'Give at most 3 characters.'],
  [{ number: '7' }, 'Give a number.'],
  [{ number: -1 }, 'Give at least 0.'],
  [{ number: 10 }, 'Give less than 10.'],
  [{ whole: 1.5 }, 'Give a whole number.'],
  [{ flag: 'yes' }, 'Give true or false.'],
  [{ list: {} }, 'Give a list.'],
  [{ list: ['a'] }, 'Give at least 2 entries.'],
  [{ object: [] }, 'Give an object.'],
  [{ object: {} }, 'This is needed: give a text.'],
  [{ object: { id: 'x' } }, 'Give a UUID.'],
  [{ choice: 'c' }, 'Give one of "a", "b".'],
  [{ only: 'RSA' }, 'Give "EC".'],
  [{ time: 'tomorrow' }, 'Give a time such as 2026-01-31T12:00:00Z.'],
  [{ form: 'x' }, 'This does not have the form that is asked for.'],
  [{ worded: 'x' }, 'Give the id of a workspace.'],
  [{ own: ' ' }, 'Say something.'],
  [{ unknown: 1, other: 2 }, 'Leave out unknown, other.'],
])('%o: %s', (value, hint) => {
  const { error } = schema.safeParse(value, { reportInput: true })
  expect(error?.issues.map(hintOf)).toEqual([hint])
})

const source = { kind: 'http_json', name: 'Shop', url: 'https://shop.example.com/sales' }
const sourceOf = (changes: Record<string, unknown>) => ({ document: { ...source, ...changes } })
const sourceRequestSchema = z.strictObject({ document: dataSourceInputSchema })
const headers = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`X-${index}`, 'x']))
const change = { workspace_id: 'WK-000000001', price: 'premium', proration_date: 1, version: 'x' }

it.each([
  [
    'an http address',
    sourceRequestSchema,
    sourceOf({ url: 'http://x.example.com' }),
    /^Give an https address/,
  ],
  [
    'a value of a header',
    sourceRequestSchema,
    sourceOf({ headers: { A: 'ä' } }),
    /^Give 1 to 4,096 printable/,
  ],
  [
    'a name of a header',
    sourceRequestSchema,
    sourceOf({ headers: { 'A b': 'x' } }),
    /^Give names of letters/,
  ],
  [
    'a header of the request',
    sourceRequestSchema,
    sourceOf({ headers: { Host: 'x' } }),
    /^Give names of lett/,
  ],
  ['too many headers', sourceRequestSchema, sourceOf({ headers: headers(21) }), /^Give at most 20 headers/],
  ['another kind', sourceRequestSchema, sourceOf({ kind: 'xml' }), /^Give "http_json" or "static"/],
  ['another version', changeRequestSchema, change, /^Give version of billing-change/],
])('%s in a request is told in words, without a pattern', (_, contract, value, words) => {
  const hints = contract.safeParse(value, { reportInput: true }).error?.issues.map(hintOf)
  expect(hints).toEqual([expect.stringMatching(words)])
  expect(hints?.join()).not.toMatch(/[\^\\]|Invalid/)
})
