export { allowedMethodsResponse } from './allowed-methods.ts'
export { errorResponseOf } from './errors.ts'
export { requireAskedRows } from './requirements.ts'
export { type Outcome, respond } from './respond.ts'
