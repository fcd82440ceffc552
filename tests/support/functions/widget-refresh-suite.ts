import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { borrowFrontEnd, type FrontEnd, type Person } from '../http/front-end.ts'
import { setPlan } from '../people/plan.ts'
import { type FunctionUnderTest, serveFunction } from './serve-function.ts'
import { type SourceServer, startSourceServer } from './source-server.ts'

export const host = 'shop.example.test'

export interface WidgetRefresh {
  app: FrontEnd
  source: SourceServer
  refresh: FunctionUnderTest
  /** An administrator, and a viewer, of a premium workspace. */
  ada: Person
  eve: Person
  workspace: string
  token(person: Person): Promise<string>
  /** The address of a path of the source. */
  at(path: string, name?: string): string
}

/** The function in two processes, with a source that it can reach under names of the tests. */
export function widgetRefreshSuite(names: [string, string[][]][] = []): () => WidgetRefresh {
  let all: WidgetRefresh
  beforeAll(async () => {
    const [app, source] = await Promise.all([
      borrowFrontEnd(),
      startSourceServer([host, ...names.map(([name]) => name)]),
    ])
    const refresh = await serveFunction(app.gateway, join(import.meta.dirname, 'widget-refresh/index.ts'), {
      TEST_NAMES: JSON.stringify([[host, [['127.0.0.1']]], ...names]),
      TEST_CA: source.ca,
    })
    const [ada, eve] = [await app.signUp('Ada'), await app.signUp('Eve')]
    const workspace = await app.createWorkspace(ada, { viewer: eve })
    await setPlan(app.server, 'premium')
    await app.server.query('update private.operator_settings set request_ports = array[$1::integer]', [
      source.port,
    ])
    all = {
      app,
      source,
      refresh,
      ada,
      eve,
      workspace,
      token: async ({ supabase }) => (await supabase.auth.getSession()).data.session?.access_token ?? '',
      at: (path, name = host) => `https://${name}:${source.port}${path}`,
    }
  })
  afterAll(async () => {
    await all.refresh[Symbol.asyncDispose]()
    await all.source[Symbol.asyncDispose]()
    await all.app[Symbol.asyncDispose]()
  })
  return () => all
}
