import { describe, expect, it } from 'vitest'
import { type ListingInput, listingToReviewSchema } from '../../../types/marketplace.ts'
import { clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ours, outsider, theirs } from '../../support/people/cast.ts'
import {
  componentBundle,
  dial,
  publishListing,
  refusal,
  review,
  saveListing,
  submit,
  themeBundle,
} from '../../support/people/marketplace.ts'
import { setPlan } from '../../support/people/plan.ts'

// Names that imitate those of others.

const story = onPremium(policySuite())

describe('names', () => {
  it.each([
    ['another script', 'D\u0456\u0430l'],
    ['case and spaces', 'd I A l'],
    ['what is invisible', 'Di\u00ADal'],
    ['marks and width', '\uFF24\u00EF\u00E1l'],
    ['digits for letters', 'D1al'],
    ['mathematical letters', '\u{1D403}\u{1D422}\u{1D41A}\u{1D425}'],
  ])('that imitate another’s by %s are refused', (_, name) =>
    story(async (client) => {
      await publishListing(client)
      await setPlan(client, 'premium', ours)
      const { id } = await saveListing(client, admin, { ...dial, name, author: 'Me' }, { workspaceId: ours })
      const bundle = componentBundle({ id: 'mine' })
      const attempt = submit(client, id, bundle, { actor: admin, workspaceId: ours })
      expect(await clientError(attempt)).toMatchObject(refusal('conflict', 'name'))
    })(),
  )

  it(
    'of another author are refused, and a withdrawn listing keeps its own',
    story(async (client) => {
      const listing = await publishListing(client)
      await call(client, outsider, 'withdraw_listing', [theirs, listing.id])
      const bundle = componentBundle({ id: 'mine' })
      for (const [document, what] of [
        [{ ...dial, name: 'Other', author: 'STUD10' }, 'author'],
        [{ ...dial, author: 'Me' }, 'name'],
      ] as const) {
        const { id } = await saveListing(client, admin, document, { workspaceId: ours })
        expect(
          await clientError(submit(client, id, bundle, { actor: admin, workspaceId: ours })),
        ).toMatchObject(refusal('conflict', what))
      }
      // The workspace itself offers more by its author's name.
      await publishListing(client, componentBundle({ id: 'other' }), { document: { name: 'Other' } })
    }),
  )

  it(
    'are held while an operator looks at another one, and so is that',
    story(async (client) => {
      const { id } = await publishListing(client)
      await saveListing(client, outsider, { ...dial, name: 'Meter', author: 'Atelier' }, { id })
      await call(client, outsider, 'submit_listing', [theirs, id])
      const attempt = async (document: Partial<ListingInput>) => {
        const saved = await saveListing(client, admin, { ...dial, ...document }, { workspaceId: ours })
        const bundle = componentBundle({ id: 'mine' })
        return clientError(submit(client, saved.id, bundle, { actor: admin, workspaceId: ours }))
      }
      for (const name of ['Dial', 'Meter'])
        expect(await attempt({ name, author: 'Me' })).toMatchObject(refusal('conflict', 'name'))
      for (const author of ['Studio', 'Atelier'])
        expect(await attempt({ name: 'Other', author })).toMatchObject(refusal('conflict', 'author'))
      await review(client, id, 'refuse')
      expect(await attempt({ author: 'Me' })).toMatchObject(refusal('conflict', 'name'))
      await publishListing(client, componentBundle({ id: 'mine' }), {
        actor: admin,
        workspaceId: ours,
        document: { name: 'Meter', author: 'Atelier' },
      })
      const again = call(client, outsider, 'submit_listing', [theirs, id])
      expect(await clientError(again)).toMatchObject(refusal('conflict', 'name'))
    }),
  )

  it(
    'that are only similar are shown to who reviews',
    story(async (client) => {
      await publishListing(client, themeBundle(), { document: { name: 'Cash flow', author: 'Studio' } })
      await publishListing(client, themeBundle(), { document: { name: 'Weather', author: 'Studio' } })
      const similarTo = async (name: string, author: string) => {
        const document = { ...dial, name, author }
        const { id } = await saveListing(client, admin, document, { workspaceId: ours })
        const seen = await call(client, service, 'get_listing_to_review', [id])
        const { similarListings } = listingToReviewSchema.parse(seen)
        return similarListings.map((one) => [one.name, ...one.alike])
      }
      for (const name of [
        'Cash fow',
        'Csah flow',
        'Ca5h flow',
        'Cashflow Pro',
        'The official CASH FLOW',
        'Cash',
      ])
        expect(await similarTo(name, 'Me'), name).toEqual([['Cash flow', 'name']])
      expect(await similarTo('Weather map', 'Studjo')).toEqual([
        ['Weather', 'name', 'author'],
        ['Cash flow', 'author'],
      ])
      for (const name of ['Revenue', 'Wet', 'Crashes'])
        expect(await similarTo(name, 'Somebody else'), name).toEqual([])
    }),
  )

  it(
    'that a listing is to have are compared, and not those that it has',
    story(async (client) => {
      await publishListing(client, themeBundle(), { document: { name: 'Cash flow', author: 'Studio' } })
      const of = { actor: admin, workspaceId: ours, document: { name: 'Revenue', author: 'Somebody' } }
      const { id } = await publishListing(client, componentBundle(), of)
      const similar = async () =>
        listingToReviewSchema.parse(await call(client, service, 'get_listing_to_review', [id]))
          .similarListings
      expect(await similar()).toEqual([])
      await saveListing(
        client,
        admin,
        { ...dial, name: 'Cash fow', author: 'Studjo' },
        { workspaceId: ours, id },
      )
      expect(await similar()).toMatchObject([{ name: 'Cash flow', alike: ['name', 'author'] }])
    }),
  )

  it.each([
    // One holds the other.
    ['abcvwxyz', 'abc', false],
    ['abcdvwxyz', 'abcd', true],
    ['abc', 'abcvwxyz', false],
    ['abcd', 'abcdvwxyz', true],
    // Letters are changed.
    ['abc', 'abx', false],
    ['abcd', 'abcx', true],
    ['abcdefg', 'abcdexy', false],
    ['abcdefgh', 'abcdefxy', true],
    ['abcdefgh', 'abcdevxy', false],
  ])('%s and %s are similar: %s', (form, other, expected) =>
    story(async (client) => {
      const { rows } = await client.query('select private.is_similar($1, $2) as is', [form, other])
      expect(rows).toEqual([{ is: expected }])
    })(),
  )

  it(
    'tell letters that nobody takes for each other',
    story(async (client) => {
      const names = ['Umsatz', 'Umsätze', '売上', '売上高', 'Revenue chart', 'Revenue chart 2', '🔥', '🚀']
      const { rows } = await client.query<{ form: string }>(
        'select private.name_form(n) as form from unnest($1::text[]) as n',
        [names],
      )
      expect(new Set(rows.map(({ form }) => form)).size).toBe(names.length)
    }),
  )
})
