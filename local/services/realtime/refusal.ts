/** What a client asked for and does not get: Supabase's code and sentence. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }

  /** What the answer to a join says. */
  get reason(): string {
    return `${this.code}: ${this.message}`
  }
}
