/** A refusal in PostgREST's words. Thrown by every part; the door answers with it. */
export class RequestError extends Error {
  override name = 'RequestError'
  readonly status: number
  readonly code: string
  readonly details: string | readonly object[] | null | undefined
  readonly hint: string | null | undefined
  readonly headers: Record<string, string>

  constructor(
    status: number,
    code: string,
    message: string,
    more: {
      details?: string | readonly object[] | null
      hint?: string | null
      headers?: Record<string, string>
    } = {},
  ) {
    super(message)
    this.status = status
    this.code = code
    this.details = more.details
    this.hint = more.hint
    this.headers = more.headers ?? {}
  }
}
