import * as z from 'zod'
import { utcTimestampSchema } from './timestamp.ts'

// What widgets show, and how old it is.

const failureSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  /** Of a question that cannot be answered (`invalid_input`): where it is wrong, such as `query.metric`. */
  details: z.string().optional(),
  /** What would be right there. */
  hint: z.string().optional(),
})

/**
 * The answer for one widget. Its data is as `componentDataSchemas` says for the type of its component.
 *
 * @example
 * const { data, meta } = widgetAnswerSchema.parse(answer)
 */
export const widgetAnswerSchema = z.strictObject({
  /** Null where there is none yet, or none for the reader. */
  data: z.record(z.string(), z.unknown()).nullable(),
  meta: z.strictObject({
    /** What it asks, as `widget:refreshed` names it; null for a widget without data. */
    question: z.string().nullable(),
    fetchedAt: utcTimestampSchema.nullable(),
    cacheUntil: utcTimestampSchema.nullable(),
    /** Worth a call of the function widget-refresh. */
    stale: z.boolean(),
    /** Why there is nothing newer; the last good data is there all the same. */
    error: failureSchema.nullable(),
  }),
})

/**
 * What `get_widget_data` answers: by instance id for a view, by the given ids for widgets.
 *
 * @example
 * const { data } = await supabase.rpc('get_widget_data', { view_id }, { get: true })
 * const stale = Object.values(widgetDataSchema.parse(data)).some(({ meta }) => meta.stale)
 */
export const widgetDataSchema = z.record(z.guid(), widgetAnswerSchema)

/**
 * Which questions are due, as `widgets_to_refresh` says.
 *
 * @example
 * const { questions } = widgetsToRefreshSchema.parse(answer)
 */
export const widgetsToRefreshSchema = z.strictObject({
  workspaceId: z.string().nullable(),
  questions: z.array(z.string()),
})

/**
 * Data as it was, for who cites it: what `keep_widget_data` and `get_kept_widget_data` answer.
 *
 * @example
 * const { hash } = keptWidgetDataSchema.parse(answer)
 */
export const keptWidgetDataSchema = z.strictObject({
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  widgetId: z.guid(),
  data: z.record(z.string(), z.unknown()),
  fetchedAt: utcTimestampSchema,
  keptAt: utcTimestampSchema,
})

/**
 * A question that a server took, as `claim_widget_questions` gives it.
 *
 * @example
 * const claims = widgetClaimSchema.array().parse(answer)
 */
export const widgetClaimSchema = z.strictObject({
  question: z.string(),
  lease: z.guid(),
  source: z.string(),
  type: z.string(),
  query: z.record(z.string(), z.unknown()).nullable(),
  /** The component of the workspace whose own schema its data has; null for the schema of its type. */
  schema: z.string().nullable(),
  request: z
    .strictObject({
      url: z.string(),
      headers: z.record(z.string(), z.string()),
      mapping: z.string().nullable(),
      parameters: z.array(z.string()),
    })
    .nullable(),
})

/**
 * What `due_widget_questions` gives a server.
 *
 * @example
 * const workspaces = dueQuestionsSchema.parse(answer).map(({ workspaceId }) => workspaceId)
 */
export const dueQuestionsSchema = z.array(
  z.strictObject({ workspaceId: z.string(), questions: z.array(z.string()) }),
)

/**
 * What came of claimed questions, as `store_widget_data` says.
 *
 * @example
 * const { failed } = storedAnswersSchema.parse(answer)
 */
export const storedAnswersSchema = z.strictObject({ stored: z.int(), failed: z.int(), late: z.int() })

export type WidgetAnswer = z.infer<typeof widgetAnswerSchema>
export type WidgetFailure = z.infer<typeof failureSchema>
export type WidgetData = z.infer<typeof widgetDataSchema>
export type KeptWidgetData = z.infer<typeof keptWidgetDataSchema>
export type WidgetClaim = z.infer<typeof widgetClaimSchema>
