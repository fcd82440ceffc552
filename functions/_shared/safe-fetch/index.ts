export * from './address.ts'
export * from './safe-fetch.ts'
export * from './safe-post.ts'
export * from './source-error.ts'
