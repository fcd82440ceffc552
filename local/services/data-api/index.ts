export { createDataApi } from './data-api.ts'
