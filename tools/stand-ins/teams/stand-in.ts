import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { bodyOf, type ChatStandIn, createPace, startChat } from '../chat/index.ts'
import { messageSchema, readable } from './message.ts'

/*
 * Stands in for workflows of Teams that begin when a webhook request comes, so that a channel can be tried without
 * Teams: it takes what Microsoft documents, answers in the codes of its workflows, and shows on its page what came.
 */

/** What functions are to know of it. */
export function teamsVariables({ port }: { port: number }): Record<string, string> {
  return { TEAMS_API_URL: `http://127.0.0.1:${port}` }
}

/** A message of a webhook has 28 KB. */
const mostBytes = 28_672

/** @param burst requests that it takes of one workflow in a second */
export function startTeamsStandIn({
  port,
  burst = 4,
}: {
  port: number
  burst?: number
}): Promise<ChatStandIn> {
  const pace = createPace({ most: burst, seconds: 1 })
  return startChat({
    port,
    name: 'Teams',
    routes: (keep) =>
      new Hono()
        // A workflow that was deleted is called so.
        .post('*', async (c) => {
          const { pathname } = new URL(c.req.url)
          if (!/\/workflows\/[^/]+\/triggers\/[^/]+\/paths\/invoke\/?$/.test(pathname))
            return refused(c, 404, 'ResourceNotFound')
          if (pathname.includes('/workflows/deleted/')) return refused(c, 404, 'WorkflowNotFound')
          if (!c.req.query('sig')) return refused(c, 401, 'DirectApiAuthorizationRequired')
          const wait = pace(pathname)
          if (wait !== null) {
            c.header('retry-after', String(Math.ceil(wait)))
            return refused(c, 429, 'WorkflowRunActionThrottled')
          }
          const { success, data } = messageSchema.safeParse(await bodyOf(c, mostBytes))
          if (!success) return refused(c, 400, 'TriggerInputSchemaMismatch')
          keep({ path: c.req.path, text: readable(data) })
          // It answers before the card is posted.
          return c.body(null, 202)
        }),
  })
}

const refused = (c: Context, status: ContentfulStatusCode, code: string) =>
  c.json({ error: { code, message: `The stand-in for Teams refuses this: ${code}.` } }, status)
