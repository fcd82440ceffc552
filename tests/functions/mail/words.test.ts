import { describe, expect, it } from 'vitest'
import { languages, wordsFor } from '../../../functions/mail/words.ts'
import { notificationPayloadSchemas } from '../../../types/notification.ts'

// English titles are the notification's own; every other language has its words for each kind.

const named = { id: '1', name: 'NAME' }
const payload = {
  ...Object.fromEntries(
    ['actor', 'workspace', 'role', 'view', 'listing', 'source', 'destination', 'plan', 'ticket'].map(
      (key) => [key, named],
    ),
  ),
  email: 'ada@example.com',
  outcome: 'refused',
}
const kinds = Object.keys(notificationPayloadSchemas)

describe.each(Object.keys(languages).filter((language) => language !== 'en'))('in %s', (language) => {
  const titleOf = (kind: string, changes: object = {}, count = 1) =>
    wordsFor(language).notification.title({
      kind,
      title: 'News',
      body: '',
      link: null,
      payload: { ...payload, ...changes },
      count,
    })

  it.each(kinds)('%s has words, with who did it and without', (kind) => {
    for (const count of [1, 3]) {
      expect(titleOf(kind, {}, count)).toMatch(/\p{Script=Arabic}/u)
      const without = titleOf(kind, { actor: null, email: null }, count)
      expect(without).toMatch(/\p{Script=Arabic}/u)
      expect(without).not.toMatch(/ {2}|null|undefined/)
    }
  })

  it('what became of a listing is told apart', () => {
    const outcomes = notificationPayloadSchemas.listing_reviewed.shape.outcome.options
    const titles = outcomes.map((outcome) => titleOf('listing_reviewed', { outcome }))
    expect(titles).not.toContain(undefined)
    expect(new Set(titles).size).toBe(outcomes.length)
  })

  it('a kind without words is left to the notification', () => {
    expect(titleOf('something_else')).toBeUndefined()
  })
})
