import { RequestError } from '../request-error.ts'

/** What Supabase's gateway answers at the root to whoever has no secret key: it says no more of the schema. */
export function forbiddenSchema(): RequestError {
  return new RequestError(401, 'PGRST126', 'Access to schema is forbidden', {
    hint: 'Accessing the schema via the Data API is only allowed using a secret API key.',
  })
}
