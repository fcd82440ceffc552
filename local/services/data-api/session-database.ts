import {
  DefaultQueryExecutor,
  DummyDriver,
  Kysely,
  type KyselyPlugin,
  PostgresAdapter,
  PostgresIntrospector,
} from 'kysely'
import { CompositeKeyCompiler } from './composite-keys.ts'
import type { RequestContext } from './request-context.ts'
import type { Session } from './session.ts'

const adapter = new PostgresAdapter()
const compiler = new CompositeKeyCompiler()
const driver = new DummyDriver()

const dialect = {
  createAdapter: () => adapter,
  createDriver: () => driver,
  createIntrospector: (database: Kysely<unknown>) => new PostgresIntrospector(database),
  createQueryCompiler: () => compiler,
}

/**
 * lite asks for the rows of every write to a table with a composite column. A caller who does not want them
 * may have no right to read them.
 */
const withoutReturning: KyselyPlugin = {
  transformQuery: ({ node }) => ('returning' in node ? { ...node, returning: undefined } : node),
  transformResult: async ({ result }) => result,
}

/** The query builder that lite works with, every statement of which runs in one session. */
export function databaseOf(session: Session, { returnsRows }: RequestContext): Kysely<unknown> {
  const connections = {
    provideConnection: <T>(consumer: (connection: Session) => Promise<T>) => consumer(session),
  }
  const executor = new DefaultQueryExecutor(
    compiler,
    adapter,
    connections,
    returnsRows ? [] : [withoutReturning],
  )
  return new Kysely({ config: { dialect }, dialect, driver, executor })
}
