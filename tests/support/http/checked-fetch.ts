import { isDeepStrictEqual } from 'node:util'
import { answerSchemas } from '../../../types/answers.ts'

const schemas = new Map(Object.entries(answerSchemas))

/**
 * Fetches as a browser does, and holds every answer of a function to its schema in types/: a call whose answer is
 * not parsed, or has what the schema leaves out, ends with an error that says so.
 */
export const checkedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  const { pathname } = new URL(input instanceof Request ? input.url : input)
  const name = /^\/rest\/v1\/rpc\/(\w+)$/.exec(pathname)?.[1] ?? ''
  const schema = schemas.get(name)
  if (!schema || response.status !== 200) return response
  const answer: unknown = await response.clone().json()
  const { data, error } = schema.safeParse(answer)
  if (error) throw new Error(`The answer of ${name} is not what its schema says: ${error.message}`)
  if (!isDeepStrictEqual(data, answer))
    throw new Error(`The answer of ${name} is more than its schema says: ${JSON.stringify(answer)}`)
  return response
}
