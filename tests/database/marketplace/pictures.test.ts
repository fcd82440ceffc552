import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { expect, it } from 'vitest'
import { type Actor, actAs } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { readBy } from '../../support/database/read-by.ts'
import { admin, member, ours, outsider, theirs } from '../../support/people/cast.ts'
import { dial, install, publishListing, saveListing, themeBundle } from '../../support/people/marketplace.ts'

// The pictures of listings as Storage asks the policies, and what is removed once nobody has it.

const story = onPremium(policySuite())

const upload = async (client: pg.Client, actor: Actor, path: string, bucket = 'marketplace') => {
  try {
    await actAs(client, actor, 'insert into storage.objects (bucket_id, name) values ($1, $2)', [
      bucket,
      path,
    ])
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: '42501' })
    return false
  }
}
const put = (client: pg.Client, path: string, age = '0 s', bucket = 'marketplace') =>
  client.query(
    'insert into storage.objects (bucket_id, name, created_at) values ($1, $2, now() - $3::interval)',
    [bucket, path, age],
  )
const pathIn = (id: string, extension = 'png') => `${id}/${randomUUID()}.${extension}`

it(
  'a folder takes pictures of who may publish there, under a name of its form, and few',
  story(async (client) => {
    const { id } = await saveListing(client)
    const other = await saveListing(client, admin, { ...dial, name: 'Other' }, { workspaceId: ours })
    expect(await upload(client, outsider, pathIn(id))).toBe(true)
    for (const actor of [admin, member]) expect(await upload(client, actor, pathIn(id))).toBe(false)
    for (const path of [
      pathIn(other.id),
      pathIn(randomUUID()),
      pathIn(id, 'svg'),
      `${id}/me.png`,
      `${pathIn(id)}/x.png`,
      `${randomUUID()}.png`,
    ])
      expect(await upload(client, outsider, path), path).toBe(false)
    expect(await upload(client, outsider, pathIn(id), 'avatars')).toBe(false)
    // Files that stand before and after these in the bucket are another listing's.
    for (const digit of ['0', 'f'])
      for (let count = 0; count < 20; count++)
        await put(client, pathIn(`${digit.repeat(8)}-0000-4000-8000-${digit.repeat(12)}`))
    for (let count = 1; count < 19; count++) await put(client, pathIn(id))
    expect(await upload(client, outsider, pathIn(id))).toBe(true)
    expect(await upload(client, outsider, pathIn(id))).toBe(false)
    const seenBy = async (actor: Actor) =>
      (await actAs(client, actor, "select from storage.objects where bucket_id = 'marketplace'")).rowCount
    expect([await seenBy(outsider), await seenBy(admin), await seenBy(member)]).toEqual([20, 0, 0])
  }),
)

it(
  'a picture is removed by who may publish there, unless it is shown or an operator looks at it',
  story(async (client) => {
    const { id } = await saveListing(client)
    const [shown, proposed, spare] = [pathIn(id), pathIn(id), pathIn(id)]
    for (const path of [shown, proposed, spare]) await put(client, path)
    const removedBy = async (actor: Actor) => {
      await client.query('savepoint removed')
      await client.query("select set_config('storage.allow_delete_query', 'true', true)")
      const { rows } = await actAs<{ name: string }>(
        client,
        actor,
        'delete from storage.objects where name = any ($1) returning name',
        [[shown, proposed, spare]],
      )
      await client.query('rollback to savepoint removed')
      return rows.map(({ name }) => name).toSorted()
    }
    await saveListing(client, outsider, { ...dial, pictures: [shown] }, { id })
    expect(await removedBy(outsider)).toEqual([proposed, spare].toSorted())
    expect(await removedBy(admin)).toEqual([])
    await client.query('update private.marketplace_publishers set proposed = $1', [{ pictures: [proposed] }])
    // What is only proposed may be replaced until it is given to the operators.
    expect(await removedBy(outsider)).toEqual([proposed, spare].toSorted())
    await client.query('update private.marketplace_publishers set submitted_at = now()')
    expect(await removedBy(outsider)).toEqual([spare])
  }),
)

it(
  'what no listing shows goes after a day, of one that is gone at once, of one that was taken down after a month',
  story(async (client) => {
    await client.query(
      "select vault.create_secret('https://project.test', 'project_url'), vault.create_secret('s3cret', 'secret_key')",
    )
    const { id } = await saveListing(client)
    const [shown, proposed, late, fresh] = [pathIn(id), pathIn(id), pathIn(id), pathIn(id)]
    for (const path of [shown, proposed, late]) await put(client, path, '25 hours')
    await put(client, fresh, '23 hours')
    await put(client, pathIn(id), '25 hours', 'avatars')
    await saveListing(client, outsider, { ...dial, pictures: [shown] }, { id })
    await client.query('update private.marketplace_publishers set proposed = $1', [{ pictures: [proposed] }])
    const gone = pathIn(randomUUID())
    await put(client, gone)
    const asked = async () => {
      await client.query('delete from net.http_request_queue')
      await client.query('select private.remove_orphaned_marketplace_pictures()')
      const { rows } = await client.query<{ url: string }>('select url from net.http_request_queue')
      return rows.map(({ url }) => url.split('/object/')[1]).toSorted()
    }
    const inBucket = (...paths: string[]) => paths.map((path) => `marketplace/${path}`).toSorted()
    expect(await asked()).toEqual(inBucket(late, gone))
    const takenDown = (age: string) =>
      client.query(
        `update public.marketplace_listings set state = 'withdrawn', taken_down_at = now() - $1::interval`,
        [age],
      )
    await takenDown('29 days 23 hours')
    expect(await asked()).toEqual(inBucket(late, gone))
    await takenDown('30 days 1 hour')
    expect(await asked()).toEqual(inBucket(shown, proposed, late, fresh, gone))
  }),
)

it(
  'pictures are looked for among the next thousand of all, and at once where their listing is deleted',
  story(async (client) => {
    await client.query(
      "select vault.create_secret('https://project.test', 'project_url'), vault.create_secret('s3cret', 'secret_key')",
    )
    const { id } = await saveListing(client)
    const [own, others] = [pathIn(id), pathIn((await saveListing(client)).id)]
    for (const path of [own, others]) await put(client, path)
    await put(client, own, '0', 'avatars')
    const urls = async () => {
      const { rows } = await client.query<{ url: string }>('delete from net.http_request_queue returning url')
      return rows.map(({ url }) => url.split('/object/')[1])
    }
    await call(client, outsider, 'delete_listing', [theirs, id])
    expect(await urls()).toEqual([`marketplace/${own}`])
    await client.query('delete from public.workspaces where id = $1', [theirs])
    expect(await urls()).toEqual([`marketplace/${others}`])
    await client.query(
      `insert into storage.objects (bucket_id, name)
       select 'marketplace', '00000000-' || n || '/' || gen_random_uuid() || '.png' from generate_series(1, 1000) as n`,
    )
    const looked = async () => {
      await client.query('select private.remove_orphaned_marketplace_pictures()')
      return (await urls()).length
    }
    // What is refused by Storage keeps nothing waiting that stands behind it.
    expect([await looked(), await looked(), await looked()]).toEqual([1000, 2, 1000])
  }),
)

it(
  'a picture is told by the key of listings, so that no run reads all of these',
  story(async (client) => {
    const [id] = await Promise.all(Array.from({ length: 3 }, async () => (await saveListing(client)).id))
    await put(client, pathIn(id ?? ''))
    await client.query('set local enable_seqscan = off')
    const run = 'select private.remove_orphaned_marketplace_pictures()'
    expect(await readBy(client, 'marketplace_listings', run)).toBe(1)
  }),
)

it(
  'a bundle goes a day after the last that has it: a version, a copy, or a step of one',
  story(async (client) => {
    const left = async () => {
      await client.query('select private.remove_orphaned_bundles()')
      const { rows } = await client.query<{ hash: string }>(
        'select content_hash as hash from private.marketplace_bundles order by 1',
      )
      return rows.map(({ hash }) => hash)
    }
    const listing = await publishListing(client, themeBundle())
    const copy = await install(client, listing)
    await client.query(
      `insert into private.marketplace_bundles (content_hash, bundle, created_at)
       values (repeat('0', 64), '{}', now() - interval '23 hours'),
         (repeat('1', 64), '{}', now() - interval '25 hours')`,
    )
    await client.query(
      "update private.marketplace_bundles set created_at = now() - interval '2 days' where content_hash = $1",
      [listing.hash],
    )
    const fresh = '0'.repeat(64)
    expect(await left()).toEqual([fresh, listing.hash].toSorted())
    // Of a version alone, of a copy alone, of a step alone.
    await client.query('savepoint had')
    await client.query('delete from private.marketplace_steps; delete from public.marketplace_installs')
    expect(await left()).toEqual([fresh, listing.hash].toSorted())
    await client.query('rollback to savepoint had; delete from private.marketplace_publishers')
    await client.query('savepoint had; delete from private.marketplace_steps')
    expect(await left()).toEqual([fresh, listing.hash].toSorted())
    await client.query('rollback to savepoint had')
    await client.query('update public.marketplace_installs set content_hash = $1 where id = $2', [
      fresh,
      copy.id,
    ])
    expect(await left()).toEqual([fresh, listing.hash].toSorted())
    await client.query('delete from private.marketplace_steps; delete from public.marketplace_installs')
    expect(await left()).toEqual([fresh])
  }),
)

it(
  'a picture of another listing, or one that is not there, is shown by none',
  story(async (client) => {
    const { id } = await saveListing(client)
    const other = await saveListing(client, outsider, { ...dial, name: 'Other' })
    const [own, foreign] = [pathIn(id), pathIn(other.id)]
    for (const path of [own, foreign]) await put(client, path)
    await put(client, pathIn(id), '0 s', 'avatars')
    const elsewhere = pathIn(id)
    await put(client, elsewhere, '0 s', 'support')
    for (const path of [foreign, pathIn(id), elsewhere])
      await expect(saveListing(client, outsider, { ...dial, pictures: [own, path] }, { id })).rejects.toThrow(
        'There is no such picture',
      )
    expect(await saveListing(client, outsider, { ...dial, pictures: [own] }, { id })).toMatchObject({
      pictures: [own],
    })
  }),
)
