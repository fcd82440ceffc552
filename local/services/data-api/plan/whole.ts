import type { ApiRequest } from '../request/request.ts'

/** Whether all columns and nothing else is asked for: then the rows are of their relation's own type. */
export function isWhole({ select }: ApiRequest): boolean {
  const [item, more] = select
  return more === undefined && (item === undefined || item.kind === 'all')
}
