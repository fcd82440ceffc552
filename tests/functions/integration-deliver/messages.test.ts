import { expect, it } from 'vitest'
import { bodyOf } from '../../../functions/integration-deliver/messages.ts'

// A name that a member chose, in a chat: it is text there, and calls nobody.

const delivery = {
  sequence: 1,
  id: '00000000-0000-4000-8000-000000000001',
  thing: 'workspace:x',
  title: 'The workspace was changed',
  payload: {
    type: 'workspace.updated',
    timestamp: '2026-11-26T10:00:00.000Z',
    data: { workspaceId: 'x', kind: 'workspace', id: 'x', changed: ['name'], actor: 'user' as const },
  },
}
const said = (kind: 'webhook' | 'slack' | 'discord' | 'teams', workspaceName: string) =>
  JSON.parse(bodyOf({ kind, workspaceName }, delivery))

it('in Slack it is escaped', () => {
  expect(said('slack', '<!channel> & <https://evil.example|here>')).toEqual({
    text: '&lt;!channel&gt; &amp; &lt;https://evil.example|here&gt;: The workspace was changed (name)',
  })
})

it('in Discord it is no markdown, and mentions nobody', () => {
  expect(said('discord', '@everyone [x](https://evil.example) **b**')).toEqual({
    content:
      '\\@everyone \\[x\\]\\(https://evil.example\\) \\*\\*b\\*\\*: The workspace was changed \\(name\\)',
    allowed_mentions: { parse: [] },
  })
  expect(said('discord', 'x'.repeat(3_000)).content).toHaveLength(2_000)
})

it('in Teams it is a run of text in a card', () => {
  expect(said('teams', '[x](https://evil.example)')).toMatchObject({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          type: 'AdaptiveCard',
          body: [
            {
              type: 'RichTextBlock',
              inlines: [
                { type: 'TextRun', text: '[x](https://evil.example): The workspace was changed (name)' },
              ],
            },
          ],
        },
      },
    ],
  })
})

it('in a webhook there is no name', () => {
  expect(said('webhook', 'Demo')).toEqual(delivery.payload)
})
