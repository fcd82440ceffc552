import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { insertView, insertWidget } from '../../../support/dashboards/view-rows.ts'
import { call } from '../../../support/database/call.ts'
import { type StepOfTwo, storiesOfTwo } from '../../../support/database/stories-of-two.ts'
import { admin, member, ours, outsider, theirs } from '../../../support/people/cast.ts'
import {
  componentBundle,
  dial,
  install,
  publishListing,
  publishVersion,
  review,
  rollBack,
  saveListing,
  submit,
  themeBundle,
  upgrade,
} from '../../../support/people/marketplace.ts'

// One is in the middle of a change when another comes to the same thing. The second waits, and goes by what the first
// has left: it is refused with a registered code, finds nothing to do, or changes what is there then.

const { atOnce, sessions } = storiesOfTwo()
const one = async (client: pg.Client, sql: string, values: unknown[] = []) =>
  (await client.query(sql, values)).rows[0]

describe('a listing of the marketplace', () => {
  atOnce('that is submitted is not changed', {
    given: async (client) => (await saveListing(client)).id,
    first: (client, id) => submit(client, id, componentBundle()),
    second: (client, id) => saveListing(client, outsider, { ...dial, author: 'Others' }, { id }),
    late: 'conflict',
  })

  const submitted = async (client: pg.Client) => {
    const { id } = await saveListing(client)
    await submit(client, id, componentBundle())
    return id
  }
  atOnce('that is withdrawn is not published', {
    given: submitted,
    first: (client, id) => call(client, outsider, 'withdraw_listing', [theirs, id]),
    second: (client, id) => review(client, id),
    late: 'conflict',
  })

  atOnce('that is withdrawn is not installed', {
    given: async (client) => {
      // Another that stays is no reason.
      await publishListing(client, themeBundle(), { document: { name: 'Dusk' } })
      return publishListing(client)
    },
    first: (client, { id }) => call(client, outsider, 'withdraw_listing', [theirs, id]),
    second: install,
    late: 'not_found',
  })

  atOnce('holds its name against one that looks like it', {
    given: async (client) => [
      (await saveListing(client)).id,
      (await saveListing(client, admin, { ...dial, author: 'Others' }, { workspaceId: ours })).id,
    ],
    first: (client, [id = '']) => submit(client, id, componentBundle()),
    second: (client, [, id = '']) =>
      submit(client, id, componentBundle(), { actor: admin, workspaceId: ours }),
    late: 'conflict',
  })
})

describe('an installed copy', () => {
  const component = async (client: pg.Client) => {
    const published = await publishListing(client)
    return { published, copy: await install(client, published), view: await insertView(client) }
  }
  type There = Awaited<ReturnType<typeof component>>
  const remove = (client: pg.Client, { copy }: Pick<There, 'copy'>) =>
    call(client, admin, 'remove_install', [ours, copy.id])
  /** What the refusal lists, in place of the code. */
  const usesOf =
    (step: StepOfTwo<Pick<There, 'copy'>>): StepOfTwo<Pick<There, 'copy'>> =>
    (client, there) =>
      step(client, there).catch((error) => {
        expect(JSON.parse(error.message).details).toMatch(/"total": 1/)
        throw error
      })

  for (const bundle of [componentBundle(), themeBundle()])
    atOnce(`of a ${bundle.kind} is made once`, {
      given: (client) => publishListing(client, bundle),
      first: install,
      second: install,
      late: 'conflict',
    })

  atOnce('that is removed is not removed again', {
    given: component,
    first: remove,
    second: remove,
    late: 'not_found',
  })

  atOnce('of a component that a widget begins to show stays, with where that is', {
    given: component,
    first: (client, { view }) =>
      insertWidget(client, { view_id: view, component_key: 'dial', config: { unit: 'l' } }),
    second: usesOf(remove),
    late: 'conflict',
  })

  atOnce('of a theme that somebody begins to use stays, with who that is', {
    given: async (client) => ({ copy: await install(client, await publishListing(client, themeBundle())) }),
    first: (client, { copy }) => call(client, member, 'activate_theme', [ours, copy.themeId]),
    second: usesOf(remove),
    late: 'conflict',
  })

  atOnce('is rolled back with what its widgets were told meanwhile', {
    given: async (client) => {
      const { published, copy, view } = await component(client)
      const piece = await insertWidget(client, {
        view_id: view,
        component_key: 'dial',
        config: { unit: 'l' },
      })
      await client.query('commit; begin')
      await upgrade(
        client,
        copy,
        await publishVersion(client, published, '1.1.0', componentBundle({ version: '1.1.0' })),
      )
      return { copy, piece }
    },
    first: (client, { piece }) =>
      client.query('update public.widgets set config = \'{"unit": "gal"}\' where id = $1', [piece]),
    second: (client, { copy }) => rollBack(client, copy),
    late: 'done',
    left: async (client, { piece }) =>
      expect(
        await one(client, 'select config, component_version from public.widgets where id = $1', [piece]),
      ).toEqual({ config: { unit: 'gal' }, component_version: '1.0.0' }),
  })

  it('is rolled back while others change widgets of other components', async () => {
    const { observer, first, second } = sessions()
    await observer.query('begin')
    const { published, copy, view } = await component(observer)
    const other = await insertWidget(observer, { view_id: view, component_key: 'total-users' })
    await observer.query('commit; begin')
    const bundle = componentBundle({ version: '1.1.0' })
    await upgrade(observer, copy, await publishVersion(observer, published, '1.1.0', bundle))
    await observer.query('commit')
    await first.query('begin')
    await first.query('select from public.widgets where id = $1 for update', [other])
    await second.query("begin; set local lock_timeout = '2s'")
    expect(await rollBack(second, copy)).toMatchObject({ install: { version: '1.0.0' } })
    await second.query('commit')
    await first.query('commit')
  })
})

describe('a bundle', () => {
  const hash = '0'.repeat(64)
  const keep = (client: pg.Client) => client.query("select private.keep_bundle('{}', $1)", [hash])
  const kept = async (client: pg.Client) =>
    expect(
      await one(client, 'select bundle from private.marketplace_bundles where content_hash = $1', [hash]),
    ).toEqual({ bundle: {} })
  atOnce('is kept once by two', {
    given: async () => undefined,
    first: keep,
    second: keep,
    late: 'done',
    left: kept,
  })
  atOnce('that nobody had, and that is being removed, is kept by who comes with it', {
    given: keep,
    first: (client) =>
      client.query('delete from private.marketplace_bundles where content_hash = $1', [hash]),
    second: keep,
    late: 'done',
    left: kept,
  })
})
