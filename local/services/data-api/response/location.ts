import type { Plan } from '../plan/index.ts'
import { type ApiRequest, canonicalQuery } from '../request/index.ts'

/** Where the row that was inserted is read: by its key. */
export function location(plan: Extract<Plan, { kind: 'mutation' }>, keyValues: string): string {
  const values: (string | null)[] = JSON.parse(keyValues)
  const filters = plan.location.map((name, index) => {
    const value = values[index] ?? null
    return `${encode(name)}=${value === null ? 'is.null' : `eq.${encode(value)}`}`
  })
  return `/${encode(plan.relation.name)}?${filters.join('&')}`
}

/** The address of what is answered: its parameters in the order of their names. */
export function contentLocation(plan: Extract<Plan, { kind: 'read' }>, { query }: ApiRequest): string {
  const path = `/${encode(plan.read.alias)}`
  return query.length === 0 ? path : `${path}?${canonicalQuery(query)}`
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
