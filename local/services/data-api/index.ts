export { createDataApi } from './data-api.ts'
export { unexpectedErrorResponse } from './errors.ts'
