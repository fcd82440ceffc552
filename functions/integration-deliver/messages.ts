import type { ClaimedDeliveries } from '../../types/destination.ts'

// What each kind of destination is sent.
//
// Threat: the name of a workspace that is markup (a member chose it): a link, a mention of everybody. Each chat has its
// own way of writing text as text.

type Claim = Pick<ClaimedDeliveries, 'kind' | 'workspaceName'>
type Delivery = ClaimedDeliveries['deliveries'][number]

/** The body of a message, as JSON. */
export function bodyOf({ kind, workspaceName }: Claim, { title, payload }: Delivery): string {
  const { data } = payload
  const changed = data.changed.length > 0 ? ` (${data.changed.join(', ')})` : ''
  const sentence = `${workspaceName}: ${title}${changed}`
  switch (kind) {
    case 'webhook':
      return JSON.stringify(payload)
    case 'slack':
      // https://docs.slack.dev/messaging/formatting-message-text/#escaping
      return JSON.stringify({
        text: sentence.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
      })
    case 'discord':
      return JSON.stringify({
        content: shortened(sentence.replace(/[\\*_~`|>#[\]()@<-]/g, '\\$&'), 2_000),
        allowed_mentions: { parse: [] },
      })
    case 'teams':
      return JSON.stringify(adaptiveCard(sentence))
  }
}

/** Cut between characters, of which some are two units. */
const shortened = (text: string, most: number) => [...text].slice(0, most).join('')

/** https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using */
function adaptiveCard(text: string) {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          // A run of text is written as it is; a block would read markdown.
          body: [{ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text }] }],
        },
      },
    ],
  }
}
