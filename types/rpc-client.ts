/** What is needed of a client to call functions: `createClient` of supabase-js makes one. */
export interface RpcClient {
  rpc(
    name: string,
    args?: object,
  ): PromiseLike<RpcAnswer> & {
    /** Gives up when the signal says so. */
    abortSignal?(signal: AbortSignal): PromiseLike<RpcAnswer>
  }
}

interface RpcAnswer {
  data: unknown
  error: Error | null
}

/**
 * Calls a function and returns its answer.
 *
 * @throws the client's `error`, with `code`, `details` and `hint`
 */
export async function answerOf(client: RpcClient, name: string, args?: object): Promise<unknown> {
  const { data, error } = await client.rpc(name, args)
  if (error) throw error
  return data
}
