import * as z from 'zod'

/** An address without the slash at its end, so that paths can follow. */
const baseUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''))

/** What the function needs beside the platform's variables: `functions/.env.example` explains each. */
export const mailVariables = z.object({
  MAIL_API_URL: baseUrl,
  MAIL_API_KEY: z.string(),
  MAIL_FROM: z.string().regex(/^[^\r\n]+$/),
  MAIL_LINK_SECRET: z.string().min(32),
  MAIL_PER_SECOND: z.coerce.number().int().min(1).max(100).default(2),
  MAIL_FUNCTION_URL: baseUrl.optional(),
  APP_URL: baseUrl,
})
