import type { z } from 'zod'
import { isStorable } from './stored-text.ts'
import { unsafeKey } from './unsafe-names.ts'

/** Deeper documents could overflow the stack of whatever walks them later. */
const deepestBody = 1000

/** A body that is not what it should be: each service says so in its own words. */
export class BodyError extends Error {
  override name = 'BodyError'
  /** `refused`: JSON that holds what no service may see, whatever its schema. */
  readonly reason: 'notJson' | 'refused' | 'invalid'
  /** What the schema says, where the reason is `invalid`. */
  readonly issue: z.core.$ZodIssue | undefined

  constructor(reason: BodyError['reason'], message: string, issue?: z.core.$ZodIssue) {
    super(message)
    this.reason = reason
    this.issue = issue
  }
}

/**
 * The JSON body of a request, checked: first for what no service may see, then by the schema.
 *
 * @throws BodyError
 */
export async function readBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  const value = parse(await request.text())
  const unsafe = unsafeKey(value)
  if (unsafe) throw new BodyError('refused', `The body must not have the key "${unsafe}"`)
  const result = schema.safeParse(cleaned(value))
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new BodyError('invalid', issue?.message ?? 'Invalid body', issue)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new BodyError('notJson', 'The body is no JSON')
  }
}

/**
 * The value with half surrogates replaced, which no database stores.
 *
 * Without recursion, because the depth is the sender's choice.
 */
function cleaned(value: unknown): unknown {
  const root: Record<string, unknown> = { value }
  const waiting: { container: Record<string, unknown>; depth: number }[] = [{ container: root, depth: 0 }]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { container, depth } = next
    if (depth > deepestBody) throw new BodyError('refused', 'The body is nested too deeply')
    for (const [key, entry] of Object.entries(container)) {
      if (!isStorable(key)) throw new BodyError('refused', 'The body has a key that is not permitted')
      if (isContainer(entry)) waiting.push({ container: entry, depth: depth + 1 })
      else if (typeof entry === 'string') container[key] = cleanText(entry)
    }
  }
  return root.value
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function cleanText(text: string): string {
  if (text.includes('\0')) throw new BodyError('refused', 'The body has a text with the character U+0000')
  return text.toWellFormed()
}
