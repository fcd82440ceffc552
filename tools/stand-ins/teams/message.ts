import * as z from 'zod'

// What a workflow of Teams takes that posts a card when a webhook request comes: a message with Adaptive Cards. Teams
// leaves out what it does not know of a card; here it is refused.
// https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
// https://adaptivecards.io/explorer/

const textRun = z.strictObject({ type: z.literal('TextRun'), text: z.string() })
const element = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('TextBlock'), text: z.string(), wrap: z.boolean().optional() }),
  z.strictObject({
    type: z.literal('RichTextBlock'),
    inlines: z.array(z.union([z.string(), textRun])).min(1),
  }),
])

const card = z.strictObject({
  $schema: z.url().optional(),
  type: z.literal('AdaptiveCard'),
  // Teams shows none above.
  version: z.string().regex(/^1\.[0-5]$/),
  body: z.array(element).min(1),
})

export const messageSchema = z.strictObject({
  type: z.literal('message'),
  attachments: z
    .array(
      z.strictObject({
        contentType: z.literal('application/vnd.microsoft.card.adaptive'),
        contentUrl: z.null().optional(),
        content: card,
      }),
    )
    .min(1),
})

/** As people see it. */
export function readable({ attachments }: z.infer<typeof messageSchema>): string {
  return attachments
    .flatMap(({ content }) => content.body)
    .map((block) =>
      block.type === 'TextBlock'
        ? block.text
        : block.inlines.map((run) => (typeof run === 'string' ? run : run.text)).join(''),
    )
    .join('\n')
}
