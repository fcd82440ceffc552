import { expect, it } from 'vitest'
import { bodyOf } from '../../../functions/integration-deliver/messages.ts'
import { messageSchema as discordSchema, isEmpty } from '../../../tools/stand-ins/discord/message.ts'
import { messageSchema as slackSchema } from '../../../tools/stand-ins/slack/message.ts'
import { messageSchema as teamsSchema } from '../../../tools/stand-ins/teams/message.ts'

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
  expect([...said('discord', '👩'.repeat(3_000)).content]).toEqual(Array(2_000).fill('👩'))
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

it('is what each chat takes, whatever the name of the workspace', () => {
  const name = `\\ @everyone <@1> <!here> [x](https://evil.example) **b** ${'👩'.repeat(3_000)}`
  expect(slackSchema.safeParse(said('slack', name)).error).toBeUndefined()
  expect(discordSchema.safeParse(said('discord', name)).error).toBeUndefined()
  expect(teamsSchema.safeParse(said('teams', name)).error).toBeUndefined()
})

it.each([
  ['more than 2,000 characters', { content: 'x'.repeat(2_001) }],
  ['eleven embeds', { embeds: Array(11).fill({ title: 'x' }) }],
  ['embeds of more than 6,000 characters', { embeds: Array(2).fill({ description: 'x'.repeat(3_001) }) }],
  ['a title of more than 256 characters', { embeds: [{ title: 'x'.repeat(257) }] }],
  ['26 fields', { embeds: [{ fields: Array(26).fill({ name: 'x', value: 'y' }) }] }],
  ['the name of Discord', { content: 'x', username: 'Discord' }],
  ['somebody called twice', { content: 'x', allowed_mentions: { parse: ['users'], users: ['1'] } }],
  ['what it does not know', { content: 'x', text: 'y' }],
])('Discord, played, refuses %s', (_, message) => {
  expect(discordSchema.safeParse(message).success).toBe(false)
})

it('Discord, played, refuses a message with nothing in it', () => {
  expect(
    [{}, { content: ' ' }, { embeds: [] }].map((message) => isEmpty(discordSchema.parse(message))),
  ).toEqual([true, true, true])
})

it.each([
  ['a text', { text: 'x' }],
  ['an old card', { '@type': 'MessageCard', '@context': 'https://schema.org/extensions', text: 'x' }],
  ['a card without its envelope', { type: 'AdaptiveCard', version: '1.4', body: [] }],
  ['another kind of attachment', card({ contentType: 'text/html' })],
  ['a card with nothing in it', card({ content: { type: 'AdaptiveCard', version: '1.4', body: [] } })],
  [
    'a version that it does not show',
    card({ content: { type: 'AdaptiveCard', version: '1.6', body: [{ type: 'TextBlock', text: 'x' }] } }),
  ],
])('Teams, played, refuses %s', (_, message) => {
  expect(teamsSchema.safeParse(card({})).success).toBe(true)
  expect(teamsSchema.safeParse(message).success).toBe(false)
})

function card(change: object) {
  const content = { type: 'AdaptiveCard', version: '1.4', body: [{ type: 'TextBlock', text: 'x' }] }
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', content, ...change }
  return { type: 'message', attachments: [attachment] }
}
