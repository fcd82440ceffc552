import * as z from 'zod'
import type { Dependencies } from '../../../../functions/_shared/dependencies.ts'
import { endpoint } from '../../../../functions/_shared/endpoint.ts'
import { dataOf } from '../../../../functions/_shared/errors.ts'
import { type Handler, serveFunction } from '../../../../functions/_shared/serve.ts'

/** A function that does a little of everything, to see what the shared parts make of it. */
export function createHandler(dependencies: Dependencies): Handler {
  return serveFunction(dependencies, {
    'POST /': endpoint({
      body: z.strictObject({ workspace_id: z.string().max(20), name: z.string().min(1).max(50) }),
      query: z.strictObject({ dry: z.enum(['yes', 'no']).optional() }),
      bodyLimit: 1000,
      async handle({ supabase, body, query, caller }) {
        if (query.dry === 'yes') return { caller }
        const { workspace_id, name } = body
        return dataOf(
          await supabase().rpc('update_workspace_settings', { workspace_id, patch: { team: name } }),
        )
      },
    }),
    'POST /refused': endpoint({
      body: z.strictObject({ workspace_id: z.string() }),
      handle: async ({ supabase, body }) => dataOf(await supabase().rpc('list_roles', body)),
    }),
    'POST /broken': endpoint({
      limit: { name: 'person', quota: 1000, window: 1 },
      async handle() {
        throw new Error('the password is hunter2')
      },
    }),
    'GET /rare': endpoint({
      limit: { name: 'person', quota: 3, window: 3600 },
      handle: async () => undefined,
    }),
    'POST /server': endpoint({ authentication: ['secret'], handle: async ({ caller }) => caller }),
    'GET /open': endpoint({
      authentication: ['user', 'anyone'],
      handle: async ({ caller: { kind } }) => ({ kind }),
    }),
  })
}
