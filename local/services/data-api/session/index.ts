export { ConnectionError } from './connection-error.ts'
export { type IsolationLevel, isolationLevel } from './isolation.ts'
export { createRequestPool } from './request-pool.ts'
export {
  type DatabaseSettings,
  noRoleSettings,
  readDatabaseSettings,
  type TransactionEnd,
} from './role-settings.ts'
export { type SessionRequest, sessionStatement } from './session-settings.ts'
export { type Opening, Transaction } from './transaction.ts'
