/** An example of a page of PostgREST's documentation. */
export interface Example {
  /** Its section. */
  section: string
  /** Method and path, as the page writes them: `GET /people?age=lt.13`. */
  request: string
  headers?: Record<string, string>
  /** Of a token, of the role `authenticated` unless they say otherwise. */
  claims?: () => Record<string, unknown>
  /** How the token is announced. `Bearer` where it is not said. */
  scheme?: string
  /** The key that the token names, where it is not the one that signed it. */
  keyId?: string
  /** JSON, unless it is text. */
  body?: unknown
  answer: Answer
}

/** What the page says of the answer, with the rows that the fixture has. */
export interface Answer {
  /** 200 where it is not said. */
  status?: number
  /** The body where it is JSON; of an object at least these members. */
  json?: unknown
  text?: string | RegExp
  /** At least these; null for one that must not be there. */
  headers?: Record<string, string | RegExp | null>
  /** Why it cannot be as the page says. */
  why?: string
}

/** A page of the documentation, over a schema of its own. */
export interface Page {
  /** Its name in the documentation, which is the name of the schema too. */
  name: string
  /** Runs with the schema as search path. */
  sql: string
  examples: readonly Example[]
}

/** Examples of one section. */
export function section(
  name: string,
  ...examples: readonly (readonly [
    request: string,
    answer: Answer,
    more?: Omit<Example, 'answer' | 'request' | 'section'>,
  ])[]
): Example[] {
  return examples.map(([request, answer, more]) => ({ section: name, request, answer, ...more }))
}

/** Answers with these rows. */
export function rows(...json: unknown[]): Answer {
  return { json }
}
