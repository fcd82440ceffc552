import * as z from 'zod'

const words = z
  .string()
  .default('')
  .transform((text) => text.split(/[\s,]+/).filter((entry) => entry !== ''))

const baseUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''))

/** What the function needs beside the platform's variables: `functions/.env.example` explains each. */
export const chatVariables = z.object({
  /** Without it the function answers that it is not set up. */
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: baseUrl.optional(),
  AI_ALLOWED_LINK_HOSTS: words.refine((hosts) => hosts.every((host) => /^[a-z0-9.-]+$/i.test(host))),
  /** Where the function reaches itself, if it is not <SUPABASE_URL>/functions/v1/ai-chat. */
  AI_FUNCTION_URL: baseUrl.optional(),
})
