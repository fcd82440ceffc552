export { jsonMediaType } from './media-types.ts'
export { canonicalQuery } from './query-string.ts'
export { type ReadRequestOptions, readRequest } from './read-request.ts'
export type * from './request.ts'
