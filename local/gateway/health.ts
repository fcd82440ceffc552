import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { jsonResponse, openDatabase, type ServiceOptions } from '../services/shared/index.ts'

const patienceMilliseconds = 2_000

/** Says whether what the services stand on works. */
export interface Health {
  /** 200, or 503 that names what does not work. */
  check(): Promise<Response>
  close(): Promise<void>
}

/** Looks at the database and the folder of stored files; checks that come together are one. */
export function createHealth(options: ServiceOptions): Health {
  const database = openDatabase(options.databaseUrl('authenticator'), 1)
  const parts: Record<string, () => Promise<unknown>> = {
    database: () => database.rows('select 1'),
    // The first upload makes the folder; where it can be made, Storage works.
    storage: async () => {
      await mkdir(options.storageDirectory, { recursive: true })
      await access(options.storageDirectory, constants.R_OK | constants.W_OK)
    },
  }
  const look = async (): Promise<Record<string, string>> => {
    const states = Object.entries(parts).map(async ([name, works]) => [name, await stateOf(works)])
    return Object.fromEntries(await Promise.all(states))
  }
  let looking: Promise<Record<string, string>> | undefined
  return {
    async check() {
      looking ??= look().finally(() => {
        looking = undefined
      })
      const states = await looking
      const isHealthy = Object.values(states).every((state) => state === 'ok')
      return jsonResponse(isHealthy ? 200 : 503, { status: isHealthy ? 'ok' : 'unhealthy', parts: states })
    },
    close: () => database.close(),
  }
}

async function stateOf(works: () => Promise<unknown>): Promise<'ok' | 'unreachable'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'unreachable'>((resolve) => {
    timer = setTimeout(resolve, patienceMilliseconds, 'unreachable')
  })
  const state = works().then(
    () => 'ok' as const,
    () => 'unreachable' as const,
  )
  return Promise.race([state, late]).finally(() => clearTimeout(timer))
}
