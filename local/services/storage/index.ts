export { ensureBuckets } from './buckets.ts'
export { invalidRequest } from './errors.ts'
export { createStorage } from './storage.ts'
