import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { StackError } from '../../local/stack/index.ts'
import { type ApiError, fileError, placeOf, refusal } from './errors.ts'

// Asking a project, whose answers are checked by whoever asks.

interface Asked {
  data: unknown
  error: ApiError | null
}

/** A client with the project and the secret key of the environment. */
export function connect(environment: NodeJS.ProcessEnv): SupabaseClient {
  const { SUPABASE_URL: url, SUPABASE_SECRET_KEY: key } = environment
  if (!url || !key)
    throw new StackError(
      'SUPABASE_URL and SUPABASE_SECRET_KEY say which project: `npm run status` prints both of a stack that runs here.',
    )
  if (!URL.canParse(url))
    throw new StackError('SUPABASE_URL must be an address such as http://127.0.0.1:54321.')
  return createClient(url, key, { auth: { persistSession: false, autoRefreshToken: false } })
}

/**
 * What was asked for.
 *
 * @param file where the document stands that is written, for the sentence of a refusal
 * @throws StackError with the sentence of the refusal
 */
export async function answer(asked: PromiseLike<Asked>, file = ''): Promise<unknown> {
  const { data, error } = await asked
  if (error) throw fileError(file, placeOf(error), refusal(error))
  return data
}

/** Writes one row, which is asked for by its key. @throws StackError where it is gone */
export async function writeRow(asked: PromiseLike<Asked>, file: string): Promise<void> {
  const rows = await answer(asked, file)
  if (!Array.isArray(rows) || rows.length !== 1)
    throw fileError(file, '', 'Somebody has deleted it meanwhile: run the command again.')
}

/** Fewer than any project gives at once. */
const pageSize = 500

/** All rows of a query, which has an order, page by page. */
export async function allRows(page: (from: number, to: number) => PromiseLike<Asked>): Promise<unknown[]> {
  const rows: unknown[] = []
  for (;;) {
    const data = await answer(page(rows.length, rows.length + pageSize - 1))
    if (!Array.isArray(data)) throw new StackError('The project gave no list where one was asked for.')
    rows.push(...data)
    if (data.length < pageSize) return rows
  }
}
