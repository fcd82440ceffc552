import { Hono } from 'hono'
import { bodyOf, type ChatStandIn, createPace, startChat } from '../chat/index.ts'
import { messageSchema, readable } from './message.ts'

/*
 * Stands in for Slack's incoming webhooks, so that a channel can be tried without a workspace of Slack: it takes what
 * Slack documents, answers in its words, and shows on its page what came.
 */

/** What functions are to know of it. */
export function slackVariables({ port }: { port: number }): Record<string, string> {
  return { SLACK_API_URL: `http://127.0.0.1:${port}` }
}

const mostBytes = 100_000

/**
 * "One message a second, with short bursts": https://docs.slack.dev/apis/web-api/rate-limits
 *
 * @param burst messages in a row that it takes of one webhook within as many seconds
 */
export function startSlackStandIn({
  port,
  burst = 10,
}: {
  port: number
  burst?: number
}): Promise<ChatStandIn> {
  const pace = createPace({ most: burst, seconds: burst })
  return startChat({
    port,
    name: 'Slack',
    routes: (keep) =>
      new Hono()
        // A channel that is archived is called so.
        .post('/services/:team/:app/archived', (c) => c.text('channel_is_archived', 410))
        .post('/services/:team/:app/:secret', async (c) => {
          const wait = pace(c.req.path)
          if (wait !== null) return c.text('rate_limited', 429, { 'retry-after': String(Math.ceil(wait)) })
          const { success, data } = messageSchema.safeParse(await bodyOf(c, mostBytes))
          if (!success) return c.text('invalid_payload', 400)
          keep({ path: c.req.path, text: readable(data.text) })
          return c.text('ok')
        })
        .notFound((c) => c.text('no_service', 404)),
  })
}
