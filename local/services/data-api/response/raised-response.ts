import { z } from 'zod'
import { refusalResponse } from './refusal.ts'
import { isStatus } from './sqlstate.ts'

/** The MESSAGE of `raise sqlstate 'PGRST'`. */
const messageSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.string().nullish(),
  hint: z.string().nullish(),
})

/** Its DETAIL. */
const detailSchema = z.object({
  status: z.int().refine(isStatus),
  headers: z.record(z.string(), z.string()),
  status_text: z.string().optional(),
})

const messageHint =
  "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'."
const detailHint =
  "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'."

/** The response that SQL wrote itself by raising SQLSTATE `PGRST`. */
export function raisedResponse(message: string, detail: string | null): Response {
  const body = parse(messageSchema, message)
  if (!body) return malformed(`Invalid JSON value for MESSAGE: '${message}'`, messageHint)
  if (detail === null) return malformed('DETAIL is missing in the RAISE statement', detailHint)
  const head = parse(detailSchema, detail)
  if (!head) return malformed(`Invalid JSON value for DETAIL: '${detail}'`, detailHint)
  try {
    return refusalResponse(head.status, body, head.headers)
  } catch {
    // No response can carry such a header.
    return malformed(`Invalid JSON value for DETAIL: '${detail}'`, detailHint)
  }
}

function malformed(details: string, hint: string): Response {
  const message = `Could not parse JSON in the "RAISE SQLSTATE 'PGRST'" error`
  return refusalResponse(500, { code: 'PGRST121', message, details, hint })
}

function parse<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
