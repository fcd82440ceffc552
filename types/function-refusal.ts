import * as z from 'zod'

// What Edge Functions answer where they refuse. supabase-js says only that the status was not 2xx.

/**
 * The body of a refusal, which `error.context` of `functions.invoke` has.
 *
 * @example
 * const { error } = await supabase.functions.invoke('billing-portal', { body: { workspace_id, return_url: url } })
 * if (error?.context instanceof Response) {
 *   const refusal = functionRefusalSchema.parse(await error.context.json())
 *   show(refusal.error.message)
 * }
 */
export const functionRefusalSchema = z.object({
  error: z.object({
    /** One of docs/errors.md, or of the platform. */
    code: z.string(),
    message: z.string(),
    details: z.string().nullable(),
    hint: z.string().nullable(),
  }),
})

export type FunctionRefusal = z.infer<typeof functionRefusalSchema>

/** What the platform says in front of a function, such as `{ code: 'BOOT_ERROR', message }` or `{ msg }`. */
const platformRefusalSchema = z.object({
  code: z.string().optional(),
  message: z.string().optional(),
  msg: z.string().optional(),
})

/**
 * Why `functions.invoke` failed, whoever refused: the function, the platform in front of it, or nobody, because it was
 * not reached; then the code is `internal_error`.
 *
 * @example
 * const { data, error } = await supabase.functions.invoke('widget-refresh', { body: { view_id } })
 * if (error) show((await functionRefusalOf(error)).message)
 */
export async function functionRefusalOf(error: {
  message: string
  context?: unknown
}): Promise<FunctionRefusal['error']> {
  const { context } = error
  const body: unknown =
    context instanceof Response
      ? await context
          .clone()
          .json()
          .catch(() => undefined)
      : undefined
  const { data: refusal } = functionRefusalSchema.safeParse(body)
  if (refusal) return refusal.error
  const { code = 'internal_error', message, msg } = platformRefusalSchema.safeParse(body).data ?? {}
  return { code, message: message ?? msg ?? error.message, details: null, hint: null }
}
