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
