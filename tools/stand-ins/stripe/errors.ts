import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** An error in the words of Stripe. The library takes an answer without `error` for success, whatever its status. */
export class StripeProblem extends Error {
  override name = 'StripeProblem'
  readonly status: ContentfulStatusCode
  readonly body: { error: { type: string; message: string; code?: string; param?: string } }

  constructor(
    status: ContentfulStatusCode,
    type: 'invalid_request_error' | 'idempotency_error' | 'card_error' | 'api_error',
    message: string,
    particulars: { code?: string; param?: string } = {},
  ) {
    super(message)
    this.status = status
    this.body = { error: { type, message, ...particulars } }
  }
}

/** Without a parameter the id stands in the address, which is then not found; with one the call is refused. */
export function missing(what: string, id: string, param?: string): StripeProblem {
  return new StripeProblem(
    param === undefined ? 404 : 400,
    'invalid_request_error',
    `No such ${what}: '${id}'`,
    {
      code: 'resource_missing',
      param: param ?? 'id',
    },
  )
}

/**
 * What is kept under an id.
 *
 * @throws {StripeProblem} resource_missing
 */
export function found<Item>(items: Record<string, Item>, what: string, id: string, param?: string): Item {
  const item = Object.hasOwn(items, id) ? items[id] : undefined
  if (item === undefined) throw missing(what, id, param)
  return item
}

export function invalid(message: string, param?: string): StripeProblem {
  return new StripeProblem(400, 'invalid_request_error', message, param === undefined ? {} : { param })
}

export function declined(): StripeProblem {
  return new StripeProblem(402, 'card_error', 'Your card was declined.', { code: 'card_declined' })
}
