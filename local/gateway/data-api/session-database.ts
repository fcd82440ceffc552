import {
  DefaultQueryExecutor,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'
import type { Session } from './session.ts'

const adapter = new PostgresAdapter()
const compiler = new PostgresQueryCompiler()
const driver = new DummyDriver()

const dialect = {
  createAdapter: () => adapter,
  createDriver: () => driver,
  createIntrospector: (database: Kysely<unknown>) => new PostgresIntrospector(database),
  createQueryCompiler: () => compiler,
}

/** The query builder that lite works with, every statement of which runs in one session. */
export function databaseOf(session: Session): Kysely<unknown> {
  const executor = new DefaultQueryExecutor(compiler, adapter, {
    provideConnection: (consumer) => consumer(session),
  })
  return new Kysely({ config: { dialect }, dialect, driver, executor })
}
