import type { Place } from '../place.ts'
import { inWorkspace, themeOf } from './call.ts'

// The calls of the marketplace: themes that are there in two versions, of which the first is installed.

/**
 * A published listing of none of the person's workspaces that is not installed yet, with the hash of a version: of the
 * last workspaces, which none of those are in who share one in which an earlier call has installed it.
 */
async function listing({ workspace, ask }: Place, version = '1.0.0') {
  const id = await ask(
    `select l.id::text as answer from public.marketplace_listings l
     where l.state = 'published' and l.id <> all (
       select (o ->> 'id')::uuid
       from public.workspaces w cross join lateral jsonb_array_elements(public.list_my_listings(w.id)) as o
       union all
       select (i ->> 'listingId')::uuid
       from jsonb_array_elements(public.list_installs($1)) as i where i ->> 'listingId' is not null)
     order by l.id desc limit 1`,
    [workspace],
  )
  return { listing_id: String(id), version, content_hash: await hashOf({ ask }, String(id), version) }
}

async function hashOf({ ask }: Pick<Place, 'ask'>, listing_id: string, version: string): Promise<string> {
  const hash = await ask(
    `select v.content_hash as answer from public.marketplace_versions v where v.listing_id = $1 and v.version = $2`,
    [listing_id, version],
  )
  return String(hash)
}

const toInstall = async (place: Place) => ({ ...inWorkspace(place), ...(await listing(place)) })

/** A copy in its first version: one that an earlier call has installed, or else a new one. */
async function installed(place: Place) {
  const { workspace, ask } = place
  const known = (await ask(
    `select jsonb_path_query_first(
       public.list_installs($1), '$[*] ? (@.listingId != null && @.version == "1.0.0")') as answer`,
    [workspace],
  )) as { id: string; listingId: string } | null
  if (known) return { workspace_id: workspace, install_id: known.id, listing_id: known.listingId }
  const { workspace_id, listing_id, version, content_hash } = await toInstall(place)
  const install_id = await ask(`select public.install_listing($1, $2::uuid, $3, $4) ->> 'id' as answer`, [
    workspace_id,
    listing_id,
    version,
    content_hash,
  ])
  return { workspace_id, install_id: String(install_id), listing_id }
}

const ofInstalled = async (place: Place) => {
  const { workspace_id, install_id } = await installed(place)
  return { workspace_id, install_id }
}

const toUpgrade = async (place: Place) => {
  const { workspace_id, install_id, listing_id } = await installed(place)
  const version = '1.1.0'
  return { workspace_id, install_id, version, content_hash: await hashOf(place, listing_id, version) }
}

const document = {
  kind: 'theme',
  name: 'Measured',
  author: 'Somebody else',
  description: 'Calm colors.',
  category: 'design',
  licence: 'MIT',
}

const draft = async (place: Place) => ({
  ...inWorkspace(place),
  listing_id: String(
    await place.ask(`select public.save_listing($1, $2::jsonb) ->> 'id' as answer`, [
      place.workspace,
      JSON.stringify(document),
    ]),
  ),
})

const ofTheme = async (place: Place) => ({
  ...inWorkspace(place),
  kind: 'theme',
  id: String(await themeOf(place)),
})

const own = async (place: Place) => ({
  ...inWorkspace(place),
  listing_id: String(
    await place.ask(
      `select jsonb_path_query_first(
         public.list_my_listings($1), '$[*] ? (@.state == "published")') ->> 'id' as answer`,
      [place.workspace],
    ),
  ),
})

/** By function; all of it as an administrator. */
export const marketplaceCalls = {
  browse_marketplace: { arguments: () => ({ sort: 'popularity' }) },
  get_listing: {
    arguments: async (place: Place) => ({
      ...inWorkspace(place),
      listing_id: (await listing(place)).listing_id,
    }),
    as: 'admin',
  },
  get_listing_bundle: {
    arguments: async (place: Place) => {
      const { listing_id, version } = await listing(place)
      return { listing_id, version }
    },
    as: 'admin',
  },
  report_listing: {
    arguments: async (place: Place) => ({ listing_id: (await listing(place)).listing_id, reason: 'broken' }),
    as: 'admin',
  },
  list_my_listings: {
    arguments: inWorkspace,
    as: 'admin',
    answer: { grows: 'it lists what the workspace offers, at most 100' },
  },
  save_listing: { arguments: (place: Place) => ({ ...inWorkspace(place), document }), as: 'admin' },
  submit_listing: {
    arguments: async (place: Place) => {
      const { workspace_id, kind, id } = await ofTheme(place)
      const prepared = (await place.ask('select public.prepare_bundle($1, $2, $3) as answer', [
        workspace_id,
        kind,
        id,
      ])) as { bundle: { content: { version: string } }; contentHash: string }
      return {
        ...(await draft(place)),
        version: prepared.bundle.content.version,
        bundle: prepared.bundle,
        content_hash: prepared.contentHash,
      }
    },
    as: 'admin',
  },
  withdraw_listing: { arguments: own, as: 'admin' },
  delete_listing: { arguments: draft, as: 'admin' },
  prepare_bundle: { arguments: ofTheme, as: 'admin' },
  install_listing: { arguments: toInstall, as: 'admin' },
  list_installs: {
    arguments: inWorkspace,
    as: 'admin',
    answer: { grows: 'it lists what is installed, at most 200' },
  },
  pin_install: { arguments: ofInstalled, as: 'admin' },
  preview_upgrade: { arguments: ofInstalled, as: 'admin' },
  upgrade_install: { arguments: toUpgrade, as: 'admin' },
  roll_back_install: {
    arguments: async (place: Place) => {
      const { workspace_id, install_id, version, content_hash } = await toUpgrade(place)
      await place.ask('select public.upgrade_install($1, $2::uuid, $3, $4) as answer', [
        workspace_id,
        install_id,
        version,
        content_hash,
      ])
      return { workspace_id, install_id }
    },
    as: 'admin',
  },
  remove_install: { arguments: ofInstalled, as: 'admin' },
  rate_listing: {
    arguments: async (place: Place) => {
      const { workspace_id, listing_id } = await installed(place)
      return { workspace_id, listing_id, stars: 5 }
    },
    as: 'admin',
  },
} as const
