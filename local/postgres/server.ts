import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { codeOf, messageOf, StackError } from '../stack/index.ts'
import type { DataDirectory } from './data-directory.ts'
import { guardServer } from './guard.ts'
import type { Installation } from './installation.ts'
import { stopLeftOver } from './left-over.ts'
import { connectionString, type DatabasePasswords, type DatabaseRole, postgresSettings } from './settings.ts'

/** A running Postgres. */
export interface PostgresServer {
  port: number
  pid: number
  /** A connection string for a role; the database is `postgres` unless named. */
  url(role: DatabaseRole, database?: string): string
  /** Resolves when the server has ended, asked or not, with what its log said last. */
  ended: Promise<string>
  /** Ends open sessions, writes a checkpoint and waits for the process to go. */
  stop(): Promise<void>
}

export interface PostgresServerOptions {
  installation: Installation
  data: DataDirectory
  port: number
  passwords: DatabasePasswords
  /** False trades crash safety for speed, for data that is thrown away. */
  durable: boolean
}

const startTimeoutMilliseconds = 60_000

/**
 * Starts Postgres on a prepared data directory and waits until it answers. A server that an earlier, killed
 * stack left behind on the same data is stopped first.
 */
export async function startServer(options: PostgresServerOptions): Promise<PostgresServer> {
  const { data, installation, passwords, port } = options
  await stopLeftOver(data.path)
  // The log of one run: it stays bounded, and its last words are this server's own.
  const log = openSync(data.logFile, 'w')
  const child = spawn(
    installation.postgres,
    ['-D', data.path, ...postgresSettings({ port, durable: options.durable })],
    // Its own process group: Ctrl-C in a terminal reaches the stack, which stops its children in order.
    { ...data.user, cwd: '/', stdio: ['ignore', log, log], detached: true, env: { PATH: process.env.PATH } },
  )
  closeSync(log)
  const dismissGuard = child.pid === undefined ? undefined : guardServer(child.pid)
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(messageOf(error)))
    child.once('exit', async () => {
      await dismissGuard?.()
      resolve(lastWords(data.logFile))
    })
  })
  const url = (role: DatabaseRole, database = 'postgres') =>
    connectionString(role, passwords[role], port, database)
  await Promise.race([answering(child, url('supabase_admin', 'template1')), failing(ended)])
  return {
    port,
    pid: child.pid ?? 0,
    url,
    ended,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT')
      await ended
    },
  }
}

async function answering(child: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + startTimeoutMilliseconds
  while (child.exitCode === null && child.signalCode === null) {
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      // Refused: not listening yet. 57P03: listening, and still recovering from a crash.
      if (!['ECONNREFUSED', 'ECONNRESET', '57P03'].includes(codeOf(error) ?? '') || Date.now() > deadline) {
        child.kill('SIGINT')
        throw new StackError(`Postgres does not answer: ${messageOf(error)}.`)
      }
      await sleep(25)
    }
  }
  // It has ended, of which `failing` tells why.
  await new Promise<never>(() => undefined)
}

async function failing(ended: Promise<string>): Promise<never> {
  throw new StackError(`Postgres did not start: ${await ended}`)
}

/** The last error in the log, without its prefix, for a sentence to a person. */
function lastWords(logFile: string): string {
  const lines = existsSync(logFile) ? readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-20) : []
  const error = lines.findLast(
    (line) => /\b(FATAL|PANIC|ERROR|error|could not)\b/.test(line) && !line.includes('is starting up'),
  )
  const remark = lines.findLast((line) => !/\b(LOG|DETAIL|HINT|CONTEXT|STATEMENT):/.test(line))
  return (error ?? remark ?? '').replace(/^.*?(FATAL|PANIC|ERROR):\s*/, '') || `see ${logFile}`
}
