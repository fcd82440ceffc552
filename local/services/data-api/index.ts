export { createDataApi } from './data-api.ts'
export { type PlanContext, planRequest } from './plan/index.ts'
export { readRequest } from './request/index.ts'
export { loadSchemaCache } from './schema/index.ts'
