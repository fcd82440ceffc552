import { type Authenticate, createAuthenticate, type UserCaller } from './authenticate.ts'
import { type WaitUntil, waitUntil } from './background.ts'
import { type CallerClient, createCallerClient } from './clients.ts'
import { readEnvironment } from './env.ts'
import { type ReportError, sentryReports } from './error-reports.ts'
import { type Log, writeLog } from './log.ts'
import { countedLog } from './measures.ts'
import { databaseCharges, type TakeCharges } from './rate-limits.ts'
import type { Trace } from './trace.ts'

/** What every function stands on; a function adds its own. */
export interface Dependencies {
  /** As it stands in the address: `/functions/v1/<name>`. */
  name: string
  allowedOrigins: string[]
  authenticate: Authenticate
  callerClient(caller: UserCaller, trace: Trace): CallerClient
  takeCharges: TakeCharges
  log: Log
  reportError: ReportError
  waitUntil: WaitUntil
}

/**
 * What a deployed function runs on.
 *
 * @throws {EnvironmentError} where the environment lacks something
 */
export function productionDependencies(name: string): Dependencies {
  const environment = readEnvironment()
  return {
    name,
    allowedOrigins: environment.allowedOrigins,
    authenticate: createAuthenticate(environment),
    callerClient: (caller, trace) => createCallerClient(environment, caller, trace),
    takeCharges: databaseCharges(environment, name),
    log: countedLog(writeLog, environment, waitUntil),
    reportError: sentryReports(environment.errorReports),
    waitUntil,
  }
}
