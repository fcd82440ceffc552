import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ours, outsider, theirs } from '../../support/people/cast.ts'
import {
  componentBundle,
  dial,
  install,
  publishListing,
  review,
  saveListing,
  submit,
} from '../../support/people/marketplace.ts'

// Which names nobody else may take, however a listing comes by them; and how often operators can be asked.

const story = onPremium(policySuite())

const mine = { actor: admin, workspaceId: ours }
const bundle = componentBundle({ id: 'mine' })

/** Offers a listing of `ours` by a name, and says why that is refused; null for what is taken. */
async function offer(client: pg.Client, name: string, author = 'Me'): Promise<string | null> {
  const { id } = await saveListing(client, admin, { ...dial, name, author }, { workspaceId: ours })
  const attempt = submit(client, id, bundle, mine)
  const isTaken = await attempt.then(
    () => true,
    () => false,
  )
  if (isTaken) await call(client, admin, 'withdraw_listing', [ours, id])
  await call(client, admin, 'delete_listing', [ours, id])
  if (isTaken) return null
  const { code, details } = await clientError(attempt)
  return `${code} ${details}`
}

describe('a name is held', () => {
  it(
    'by a draft that was submitted, until it is called otherwise',
    story(async (client) => {
      await publishListing(client)
      const draft = await saveListing(client, outsider, { ...dial, name: 'Spare' })
      await submit(client, draft.id, componentBundle({ id: 'spare' }))
      await call(client, outsider, 'withdraw_listing', [theirs, draft.id])
      expect(await offer(client, 'Spare')).toBe('conflict name')
      // Writing takes no name, and one that somebody has is refused when it is offered.
      for (const name of ['Free', 'Dial'])
        expect(await saveListing(client, outsider, { ...dial, name }, { id: draft.id })).toMatchObject({
          name,
          state: 'draft',
        })
      expect(
        await clientError(
          submit(client, draft.id, componentBundle({ id: 'spare', version: '1.0.1' }), { version: '1.0.1' }),
        ),
      ).toMatchObject({ code: 'conflict', details: 'name' })
      for (const name of ['Spare', 'Free']) expect(await offer(client, name)).toBeNull()
      expect(await offer(client, 'Dial')).toBe('conflict name')
    }),
  )

  it(
    'by what is offered while an operator looks at another one, and after they refused it',
    story(async (client) => {
      const { id } = await publishListing(client)
      const propose = async (name: string) => {
        await saveListing(client, outsider, { ...dial, name }, { id })
        await call(client, outsider, 'submit_listing', [theirs, id])
      }
      await propose('Meter')
      expect(await offer(client, 'Dial')).toBe('conflict name')
      expect(await offer(client, 'METER')).toBe('conflict name')
      await review(client, id, 'refuse', 'No.')
      expect(await offer(client, 'Dial')).toBe('conflict name')
      expect(await offer(client, 'Meter')).toBeNull()
      await propose('Meter')
      await review(client, id)
      expect(await offer(client, 'Meter')).toBe('conflict name')
      expect(await offer(client, 'Dial')).toBeNull()
    }),
  )

  it(
    'with its author, of a copy of what has others since, and free for its own publisher to come back to',
    story(async (client) => {
      const listing = await publishListing(client)
      const copy = await install(client, listing)
      const rename = async (name: string, author: string) => {
        await saveListing(client, outsider, { ...dial, name, author }, { id: listing.id })
        await call(client, outsider, 'submit_listing', [theirs, listing.id])
        await review(client, listing.id)
      }
      await rename('Meter', 'Somebody')
      expect(await offer(client, 'Dial')).toBe('conflict name')
      expect(await offer(client, 'Other', dial.author)).toBe('conflict author')
      await rename('Dial', dial.author)
      await rename('Meter', 'Somebody')
      await call(client, admin, 'remove_install', [ours, copy.id])
      expect(await offer(client, 'Dial', dial.author)).toBeNull()
    }),
  )

  it(
    'with its author, of what is gone, as long as somebody has a copy',
    story(async (client) => {
      const listing = await publishListing(client)
      const copy = await install(client, listing)
      await client.query('delete from public.workspaces where id = $1', [theirs])
      expect(await offer(client, 'D1AL')).toBe('conflict name')
      expect(await offer(client, 'Other', dial.author)).toBe('conflict author')
      await call(client, admin, 'remove_install', [ours, copy.id])
      expect(await offer(client, 'Dial', dial.author)).toBeNull()
    }),
  )
})

it(
  'twenty listings a day are submitted, whatever becomes of them',
  story(async (client) => {
    for (let n = 0; n < 18; n += 1) expect(await offer(client, `Flood ${n}`)).toBeNull()
    // What was published and is offered again has no version that would be counted.
    const { id } = await publishListing(client, bundle, { ...mine, document: { author: 'Me' } })
    const again = async () => {
      await call(client, admin, 'withdraw_listing', [ours, id])
      await call(client, admin, 'submit_listing', [ours, id])
    }
    await again()
    await call(client, admin, 'withdraw_listing', [ours, id])
    expect(await clientError(call(client, admin, 'submit_listing', [ours, id]))).toMatchObject({
      code: 'rate_limited',
      details: 'workspace_id',
    })
    // Another workspace is not held up.
    await publishListing(client, componentBundle({ id: 'theirs' }), { document: { name: 'Theirs' } })
  }),
)
