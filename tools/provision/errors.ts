import { StackError } from '../../local/stack/index.ts'

/** What is wrong in a folder: a file, the place in it, and the sentence. */
export function fileError(file: string, path: string, message: string): StackError {
  return new StackError([file, path, message].filter(Boolean).join(': '))
}

/** An error as the Data API answers it. */
export interface ApiError {
  code?: string
  message: string
  details?: string | null
  hint?: string | null
}

/** The sentence of a refusal, with what would be right. */
export function refusal({ code, message, hint }: ApiError): string {
  if (/fetch failed|ECONNREFUSED|ENOTFOUND/.test(message))
    return 'The project does not answer: check SUPABASE_URL, and that it runs.'
  if (code === 'PGRST202' || code === 'PGRST205' || code === '42703')
    return `${message} Does the project have all migrations (npx supabase db push)?`
  if (code === '42501') return `${message}. SUPABASE_SECRET_KEY must be a secret key (sb_secret_…).`
  if (code === 'conflict' && message.endsWith('since you read it.'))
    return `${message} Run the command again.`
  return [message, hint].filter(Boolean).join(' ')
}

/** Where in a document a refusal points, where it names a place. */
export function placeOf({ code, details }: ApiError): string {
  return code === 'invalid_input' && details && /^[\w.:/@$#+~-]{1,200}$/.test(details) ? details : ''
}
