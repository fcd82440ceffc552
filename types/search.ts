import * as z from 'zod'
import { utcTimestampSchema } from './timestamp.ts'

// Finding anything in a workspace by a few letters: what `search` answers with.

/**
 * What can be searched.
 *
 * @example
 * const kinds = searchKindSchema.exclude(['audit_entries']).options
 */
export const searchKindSchema = z.enum([
  'views',
  'widgets',
  'people',
  'components',
  'themes',
  'conversations',
  'tickets',
  'listings',
  'audit_entries',
])

/**
 * A text, or what stands in a long one around the first match, in parts that are the text when they are joined. Show
 * each as text: nothing in it is HTML, and nothing is escaped.
 *
 * @example
 * for (const { text, isMatch } of searchExcerptSchema.parse(answer)) show(isMatch ? `[${text}]` : text)
 */
export const searchExcerptSchema = z.array(z.strictObject({ text: z.string(), isMatch: z.boolean() }))

const found = z.strictObject({
  /** What it is called, as text. */
  title: z.string(),
  /** Where the match is; what of it is in `excerpt`. */
  excerpt: searchExcerptSchema,
  changedAt: utcTimestampSchema,
})

/**
 * A thing that a search found.
 *
 * @example
 * const thing = foundSchema.parse(answer)
 * if (thing.kind === 'widgets') show(`${thing.title} in ${thing.viewName ?? 'a view'}`)
 */
export const foundSchema = z.discriminatedUnion('kind', [
  found.extend({
    kind: z.literal('views'),
    id: z.guid(),
    field: z.enum(['name', 'description']),
    isPersonal: z.boolean(),
  }),
  found.extend({
    kind: z.literal('widgets'),
    id: z.guid(),
    field: z.enum(['title', 'component']),
    instanceId: z.guid(),
    /** What a layout calls `widgetId`: also the title of a widget without one. */
    componentKey: z.string(),
    viewId: z.guid(),
    /** Null where the widget was granted and its view was not. */
    viewName: z.string().nullable(),
  }),
  found.extend({
    kind: z.literal('people'),
    id: z.guid(),
    field: z.enum(['name', 'email']),
    email: z.string().nullable(),
    role: z.string(),
    status: z.enum(['active', 'suspended']),
  }),
  found.extend({
    kind: z.literal('components'),
    /** Its key; also the title of a built-in component, whose titles are the front end's. */
    id: z.string(),
    field: z.enum(['title', 'key', 'description']),
    isBuiltIn: z.boolean(),
    changedAt: utcTimestampSchema.nullable(),
  }),
  found.extend({
    kind: z.literal('themes'),
    id: z.string(),
    field: z.enum(['name', 'description', 'author']),
    isBuiltIn: z.boolean(),
    changedAt: utcTimestampSchema.nullable(),
  }),
  found.extend({
    kind: z.literal('conversations'),
    id: z.guid(),
    field: z.enum(['title', 'message']),
    isMine: z.boolean(),
    /** 0 is the title. */
    messageNumber: z.int().min(0),
    messageId: z.guid().nullable(),
  }),
  found.extend({
    kind: z.literal('tickets'),
    id: z.guid(),
    field: z.enum(['subject', 'number', 'message']),
    number: z.int().min(1),
    status: z.enum(['open', 'waiting', 'solved', 'closed']),
    /** 0 is the subject. */
    messageNumber: z.int().min(0),
  }),
  found.extend({
    kind: z.literal('listings'),
    id: z.guid(),
    field: z.enum(['name', 'author', 'tags', 'description']),
    /** Those of one's own workspace come in every state. */
    state: z.enum(['draft', 'in_review', 'published', 'withdrawn']),
  }),
  found.extend({
    kind: z.literal('audit_entries'),
    id: z.guid(),
    field: z.enum(['name', 'table', 'action']),
    action: z.enum(['insert', 'update', 'delete']),
    table: z.string(),
    rowId: z.string(),
  }),
])

/**
 * The answer of `search`, best matches first: things that are called so before others, whole words before beginnings,
 * and those with a typo last; of each kind in turn.
 *
 * @example
 * const { data } = await supabase.rpc('search', { workspace_id, query: 'ovreview' })
 * const titles = searchAnswerSchema.parse(data).results.map(({ kind, title }) => `${kind}: ${title}`)
 */
export const searchAnswerSchema = z.strictObject({ results: z.array(foundSchema) })

export type SearchKind = z.infer<typeof searchKindSchema>
export type SearchExcerpt = z.infer<typeof searchExcerptSchema>
export type Found = z.infer<typeof foundSchema>
export type SearchAnswer = z.infer<typeof searchAnswerSchema>
