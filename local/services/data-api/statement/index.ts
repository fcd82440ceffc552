export { quoteName } from './names.ts'
export { type Statement, type StatementRow, writeEstimate, writeStatement } from './statement.ts'
