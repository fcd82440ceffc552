// The Data API's functions, and no more of it: the whole client brings Auth, Storage and Realtime along, which no
// function uses, and takes half of what a deployed function may weigh.

type Functions = Record<string, { Args: unknown; Returns: unknown }>

/** What a client's functions are typed by. */
export interface DataApi {
  public: { Functions: Functions }
}

/** What a client reads of an error, from a function as from the Data API. */
export interface ErrorBody {
  code: string
  message: string
  details: string | null
  hint: string | null
}

/** What a call came to: the answer, or what the Data API said against it. */
export interface DataApiResponse<Data> {
  data: Data
  error: ErrorBody | null
  status: number
}

/** More than a statement may take, and less than a lease lasts. */
const patienceMilliseconds = 30_000

type Given<Args> = Record<string, never> extends Args ? [args?: Args] : [args: Args]

/** Calls the functions of the database, as supabase-js does. */
export interface DataApiClient<Api extends DataApi> {
  rpc<Name extends string & keyof Api['public']['Functions']>(
    name: Name,
    ...given: Given<Api['public']['Functions'][Name]['Args']>
  ): Promise<DataApiResponse<Api['public']['Functions'][Name]['Returns'] | null>>
}

/**
 * A client that sends these headers with every call.
 *
 * @throws what `fetch` throws where the project is not reached
 */
export function createDataApiClient<Api extends DataApi>(
  url: string,
  headers: Record<string, string>,
): DataApiClient<Api> {
  return {
    async rpc(name, ...[args = {}]) {
      const response = await fetch(`${url}/rest/v1/rpc/${name}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(args),
        signal: AbortSignal.timeout(patienceMilliseconds),
      })
      const { status, ok } = response
      const text = await response.text()
      if (!ok) return { data: null, error: errorOf(text), status }
      return { data: text === '' ? null : JSON.parse(text), error: null, status }
    },
  }
}

/** A proxy before the Data API may answer with anything; what is no error of its own has no code. */
function errorOf(text: string): ErrorBody {
  try {
    const { code = '', message = '', details = null, hint = null }: Partial<ErrorBody> = JSON.parse(text)
    return { code, message, details, hint }
  } catch {
    return { code: '', message: '', details: null, hint: null }
  }
}
