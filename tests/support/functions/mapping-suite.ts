import { afterEach, beforeEach, expect } from 'vitest'
import { mapped } from '../../../functions/widget-refresh/mapping.ts'

/** How a mapping is refused. */
export const refused = { name: 'DataNotValidError', path: 'mapping' }

/** Applies mappings, of which none may leave behind a rejection that nobody hears of: it would end the process. */
export function mappingSuite(): (mapping: string, answer?: unknown) => Promise<unknown> {
  const failures: unknown[] = []
  const failed = (error: unknown) => failures.push(error)
  beforeEach(() => {
    process.on('unhandledRejection', failed)
  })
  afterEach(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    process.off('unhandledRejection', failed)
    expect(failures).toEqual([])
  })
  return (mapping, answer = {}) => mapped(mapping, answer, { type: 'stats', query: {} })
}
