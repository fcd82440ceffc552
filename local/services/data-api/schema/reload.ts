import pg from 'pg'
import type { SchemaCache } from './catalog.ts'
import { loadSchemaCache } from './load.ts'
import { listen } from './watch/listen.ts'
import { repeatable } from './watch/repeatable.ts'

export interface SchemaWatchOptions {
  /** Listens as the role that requests come in as. */
  listenUrl: string
  /** Reads the catalog as a role that sees every table. */
  catalogUrl: string
  schemas: readonly string[]
  extraSearchPath: readonly string[]
  /** Reads the configuration again, which stands in the database too. */
  reloadConfig(): Promise<void>
}

/** The schema cache of a process, as new as its last reload. */
export interface SchemaWatch {
  readonly current: SchemaCache
  close(): Promise<void>
}

/**
 * Loads the schema cache, and again upon `notify pgrst, 'reload schema'`, which DDL sends by itself; `'reload config'`
 * reads the configuration, and without a word both are read. After a lost connection both are, too: what was said
 * meanwhile went unheard. Requests go on with the old cache until the new one is there. The first load must succeed.
 */
export async function watchSchema(options: SchemaWatchOptions): Promise<SchemaWatch> {
  let reloaded: SchemaCache | undefined
  const schema = repeatable('reloading the schema', async () => {
    reloaded = await load(options)
  })
  const config = repeatable('reloading the configuration', () => options.reloadConfig())
  // Listens before it loads: what changes in between asks for a reload.
  const listener = await listen(options.listenUrl, 'pgrst', (word) => {
    if (word === '' || word === 'reload schema') schema.request()
    if (word === '' || word === 'reload config') config.request()
  })
  const close = async () => {
    await listener.close()
    await Promise.all([schema.close(), config.close()])
  }
  try {
    const first = await load(options)
    return {
      get current() {
        return reloaded ?? first
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** On a connection of its own: one that idled until then may be a broken one. */
async function load({ catalogUrl, schemas, extraSearchPath }: SchemaWatchOptions): Promise<SchemaCache> {
  const client = new pg.Client({
    connectionString: catalogUrl,
    application_name: 'data-api catalog',
    connectionTimeoutMillis: 10_000,
  })
  // An error fails the statement under way, which is where it counts.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await loadSchemaCache(client, schemas, extraSearchPath)
  } finally {
    await client.end()
  }
}
