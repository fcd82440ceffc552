import { errorResponse } from '../shared/index.ts'
import { parseExactJson } from './json.ts'

const objectType = 'application/vnd.pgrst.object+json; charset=utf-8'

/**
 * Turns the array of one row into the row. lite forgets that one object was asked for when a write answers
 * with more than plain columns. What is no array is left alone.
 */
export async function asSingleObject(response: Response): Promise<Response> {
  if (!response.ok || !response.body) return response
  const text = await response.text()
  const { status, headers } = response
  if (!text.startsWith('[')) return new Response(text, { status, headers })
  const rows = parseExactJson(text)
  if (!Array.isArray(rows) || rows.length !== 1) return notSingular(Array.isArray(rows) ? rows.length : 0)
  const result = new Headers(headers)
  result.delete('content-length')
  result.set('content-type', objectType)
  return new Response(JSON.stringify(rows[0]), { status, headers: result })
}

function notSingular(rows: number): Response {
  return errorResponse(406, {
    code: 'PGRST116',
    message: 'Cannot coerce the result to a single JSON object',
    details: `The result contains ${rows} rows`,
  })
}
