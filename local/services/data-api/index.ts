export { createDataApi } from './data-api.ts'
export { readRequest } from './request/index.ts'
