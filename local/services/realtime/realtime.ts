import type { ProjectKeys } from '../../config/index.ts'
import { openDatabase } from '../shared/index.ts'
import { Backlog } from './changes/backlog.ts'
import { Changes, changesPublication } from './changes/changes.ts'
import { readChange } from './changes/read-change.ts'
import { Topics } from './channels/topics.ts'
import type { RealtimeContext } from './context.ts'
import { broadcastRow, broadcastsPublication, isMessages } from './database/broadcasts.ts'
import { type LogReader, openLogReader } from './database/log-reader.ts'
import { broadcastOverHttp } from './handlers/http-broadcast.ts'
import { defaultLimits, type RealtimeLimits } from './limits.ts'
import type { RealtimeLink } from './link.ts'
import { Rate } from './rate.ts'
import { createServer } from './server.ts'
import { createTokens } from './tokens.ts'

export interface RealtimeOptions {
  keys: ProjectKeys
  /** A connection string of the superuser. */
  databaseUrl: string
  /** In place of Supabase's defaults, as for load tests. */
  limits?: Partial<RealtimeLimits>
}

/** A running Realtime server. */
export interface Realtime extends RealtimeLink {
  /** Ends every connection. `release` gives the database's log back; without it a later server goes on there. */
  close(release?: boolean): Promise<void>
}

/** More than the policies of a project take, which no statement waits longer for. */
const statementMilliseconds = 5_000

/**
 * The Realtime server of a project: all of its channels in one process, so that whoever is connected through whichever
 * gateway hears the same.
 *
 * It connects as the superuser, as on Supabase, to read the log and to ask policies in everybody's place. Resolves
 * when it reads the log.
 */
export async function createRealtime(options: RealtimeOptions): Promise<Realtime> {
  const limits = { ...defaultLimits, ...options.limits }
  const { databaseUrl: connectionString } = options
  const database = openDatabase(`${connectionString}?statement_timeout=${statementMilliseconds}`, 6)
  const slots = openDatabase(connectionString, 2)
  let reader: LogReader | undefined
  const changes = new Changes(database, async () => reader?.isUpToDate())
  const context: RealtimeContext = {
    limits,
    checkToken: createTokens(options.keys),
    database,
    topics: new Topics(),
    changes,
    rates: {
      joins: new Rate(limits.joinsPerSecond),
      messages: new Rate(limits.messagesPerSecond),
      presence: new Rate(limits.presenceEventsPerSecond),
    },
  }
  const backlog = new Backlog(changes)
  reader = await openLogReader({
    connectionString,
    database: slots,
    publications: [broadcastsPublication, changesPublication],
    take: (message, committedAt) => {
      if (!isMessages(message.relation)) return backlog.add(readChange(message, committedAt))
      if (message.tag === 'insert') broadcastRow(context, message.new)
      return undefined
    },
    isDone: () => backlog.isEmpty,
  })
  const server = createServer(context)

  return {
    accept: server.accept,
    broadcast: (request) => broadcastOverHttp(context, request),
    async close(release = true) {
      server.close()
      await reader?.stop(release)
      await backlog.settled()
      await database.close()
      await slots.close()
    },
  }
}
