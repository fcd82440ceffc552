import { type Context, Hono } from 'hono'
import { bodyOf, type ChatStandIn, createPace, type Keep, type Pace, startChat } from '../chat/index.ts'
import { errorsOf, isEmpty, messageSchema, readable } from './message.ts'

/*
 * Stands in for Discord's webhooks, so that a channel can be tried without a server of Discord: it takes what Discord
 * documents, answers in its codes, and shows on its page what came.
 */

/** What functions are to know of it. */
export function discordVariables({ port }: { port: number }): Record<string, string> {
  return { DISCORD_API_URL: `http://127.0.0.1:${port}` }
}

const mostBytes = 1_000_000
/** https://docs.discord.com/developers/topics/opcodes-and-status-codes#json */
const codes = { unknownWebhook: 10_015, emptyMessage: 50_006, invalidForm: 50_035, invalidJson: 50_109 }

/** @param burst messages that it takes of one webhook in two seconds */
export function startDiscordStandIn({
  port,
  burst = 5,
}: {
  port: number
  burst?: number
}): Promise<ChatStandIn> {
  const take = taking(createPace({ most: burst, seconds: 2 }))
  return startChat({
    port,
    name: 'Discord',
    routes: (keep) =>
      new Hono()
        // A webhook that was deleted is called so.
        .post('/api/:version/webhooks/:id/deleted', unknown)
        .post('/api/:version{v\\d+}/webhooks/:id/:token', take(keep))
        .post('/api/webhooks/:id/:token', take(keep))
        .notFound((c) => c.json({ message: '404: Not Found', code: 0 }, 404)),
  })
}

const unknown = (c: Context) => c.json({ message: 'Unknown Webhook', code: codes.unknownWebhook }, 404)

const taking = (pace: Pace) => (keep: Keep) => async (c: Context) => {
  const wait = pace(c.req.path)
  if (wait !== null)
    return c.json({ message: 'You are being rate limited.', retry_after: wait, global: false }, 429, {
      // Without a version it is that of 2020, which counts milliseconds.
      'retry-after': String(Math.ceil(c.req.param('version') ? wait : wait * 1_000)),
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset-after': wait.toFixed(3),
      'x-ratelimit-scope': 'user',
    })
  const body = await bodyOf(c, mostBytes)
  if (body === undefined)
    return c.json({ message: 'The request body contains invalid JSON.', code: codes.invalidJson }, 400)
  const { data, error } = messageSchema.safeParse(body)
  if (error)
    return c.json({ message: 'Invalid Form Body', code: codes.invalidForm, errors: errorsOf(error) }, 400)
  if (isEmpty(data)) return c.json({ message: 'Cannot send an empty message', code: codes.emptyMessage }, 400)
  keep({ path: c.req.path, text: readable(data) })
  return c.req.query('wait') === 'true' ? c.json({ type: 0, content: data.content }) : c.body(null, 204)
}
