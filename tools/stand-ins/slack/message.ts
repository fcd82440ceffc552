import * as z from 'zod'

// What an incoming webhook of Slack takes. Slack passes over what it does not know; here it is refused.
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
// https://docs.slack.dev/messaging/formatting-message-text

/** Beside entities, "<" begins a link or a mention, of which we send none, and "&" is escaped. */
const escaped = /^(?:[^&<>]|&(?:amp|lt|gt);)*$/

export const messageSchema = z.strictObject({
  text: z.string().min(1).max(40_000).regex(escaped),
  thread_ts: z.string().optional(),
  mrkdwn: z.boolean().optional(),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
})

/** As people see it. */
export function readable(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
