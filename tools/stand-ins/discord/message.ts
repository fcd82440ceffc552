import * as z from 'zod'

// What a webhook of Discord takes. Discord passes over what it does not know; here it is refused.
// https://docs.discord.com/developers/resources/webhook#execute-webhook
// https://docs.discord.com/developers/resources/message#embed-object-embed-limits

/** Discord counts characters, of which some are two units. */
const text = (most: number) =>
  z.string().refine((value) => [...value].length <= most, `Must be ${most} or fewer in length.`)
/** No webhook speaks as Discord itself. */
const username = text(80)
  .min(1)
  .regex(/^(?!.*(?:clyde|discord)).*$/i)
const snowflake = z.string().regex(/^\d{1,20}$/)
const url = z.url({ protocol: /^https?$/ })

const embed = z.strictObject({
  title: text(256).optional(),
  description: text(4_096).optional(),
  url: url.optional(),
  timestamp: z.iso.datetime({ offset: true }).optional(),
  color: z.int().min(0).max(0xffffff).optional(),
  footer: z.strictObject({ text: text(2_048) }).optional(),
  author: z.strictObject({ name: text(256), url: url.optional() }).optional(),
  fields: z
    .array(
      z.strictObject({ name: text(256).min(1), value: text(1_024).min(1), inline: z.boolean().optional() }),
    )
    .max(25)
    .optional(),
})

/** Of all embeds of a message together. */
const mostInEmbeds = 6_000
const lengthOf = ({ title, description, footer, author, fields = [] }: z.infer<typeof embed>) =>
  [
    title,
    description,
    footer?.text,
    author?.name,
    ...fields.flatMap(({ name, value }) => [name, value]),
  ].join('').length

/** Who may be called: a kind is named as a whole or one by one, and not both. */
const allowedMentions = z
  .strictObject({
    parse: z.array(z.enum(['roles', 'users', 'everyone'])).optional(),
    roles: z.array(snowflake).max(100).optional(),
    users: z.array(snowflake).max(100).optional(),
    replied_user: z.boolean().optional(),
  })
  .refine(({ parse = [], roles = [] }) => !(parse.includes('roles') && roles.length > 0), { path: ['parse'] })
  .refine(({ parse = [], users = [] }) => !(parse.includes('users') && users.length > 0), { path: ['parse'] })

export const messageSchema = z.strictObject({
  content: text(2_000).optional(),
  username: username.optional(),
  avatar_url: url.optional(),
  tts: z.boolean().optional(),
  embeds: z
    .array(embed)
    .max(10)
    .refine(
      (all) => all.reduce((sum, one) => sum + lengthOf(one), 0) <= mostInEmbeds,
      'Embed size exceeds 6000.',
    )
    .optional(),
  allowed_mentions: allowedMentions.optional(),
  flags: z.int().optional(),
})

type Message = z.infer<typeof messageSchema>

/** Whether there is anything to show. */
export const isEmpty = ({ content = '', embeds = [] }: Message) =>
  content.trim() === '' && embeds.length === 0

/** As people see it: markdown that is escaped is text. */
export const readable = ({ content = '' }: Message) => content.replace(/\\([^A-Za-z0-9\s])/g, '$1')

/** What is wrong, nested as Discord nests it. */
export function errorsOf({ issues }: z.ZodError): object {
  const errors: Record<string, unknown> = {}
  for (const { path, message, code } of issues) {
    let place = errors
    for (const key of path.map(String)) {
      place[key] ??= {}
      place = place[key] as Record<string, unknown>
    }
    place._errors = [{ code: code.toUpperCase(), message }]
  }
  return errors
}
