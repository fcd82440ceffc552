import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type pg from 'pg'
import type { CustomComponent } from '../../../types/component.ts'
import {
  changedInstallSchema,
  type Install,
  installSchema,
  type Listing,
  type ListingInput,
  type ListingKind,
  listingDetailsSchema,
  listingToReviewSchema,
  type OwnListing,
  ownListingSchema,
  reviewedListingSchema,
  upgradePreviewSchema,
} from '../../../types/marketplace.ts'
import { type Bundle, bundleSchema } from '../../../types/marketplace-bundle.ts'
import { gauge } from '../dashboards/components.ts'
import { layoutOf, type widget } from '../dashboards/layouts.ts'
import { contractTheme } from '../dashboards/themes.ts'
import { type Actor, service } from '../database/act.ts'
import { call } from '../database/call.ts'
import { admin, ours, outsider, theirs } from './cast.ts'

/** What an author might write about a component. */
export const dial: ListingInput = {
  kind: 'component',
  name: 'Dial',
  author: 'Studio',
  description: 'How full the tank is.',
  category: 'analytics',
  licence: 'MIT',
  tags: ['tank'],
}

/** The hash of a document in the form of RFC 8785, as a front end finds it. */
export const hashOf = (document: unknown) =>
  createHash('sha256')
    .update(canonicalize(document) ?? '')
    .digest('hex')

/** A bundle of a component, with what is changed of it. */
export const componentBundle = (
  changes: Partial<CustomComponent> = {},
  rest: Partial<Extract<Bundle, { kind: 'component' }>> = {},
): Bundle =>
  bundleSchema.parse({
    format: 'b-dashboard-bundle',
    version: 1,
    kind: 'component',
    content: { ...gauge, id: 'dial', ...changes },
    ...rest,
  })

export const themeBundle = (version = '1.0.0', background = 'white'): Bundle =>
  bundleSchema.parse({
    format: 'b-dashboard-bundle',
    version: 1,
    kind: 'theme',
    content: {
      name: 'Dusk',
      version,
      colors: { ...contractTheme.colors, light: { ...contractTheme.colors.light, background } },
      radius: contractTheme.radius,
    },
  })

/** A bundle of a view with these widgets. */
export const viewBundle = (
  widgets: ReturnType<typeof widget>[],
  name = 'Board',
  rest: Pick<Bundle, 'sources'> = {},
) =>
  bundleSchema.parse({
    format: 'b-dashboard-bundle',
    version: 1,
    kind: 'view',
    content: { name, description: '', layout: layoutOf(...widgets) },
    ...rest,
  })

/** The next version of the component: `limit` is called `most` now, and a tenth of what it was at most. */
export const renamedBundle = componentBundle(
  {
    version: '2.0.0',
    defaultConfig: { unit: 'l', most: 8 },
    configSchema: {
      type: 'object',
      properties: { unit: { type: 'string', maxLength: 10 }, most: { type: 'integer', maximum: 50 } },
      required: ['unit'],
      additionalProperties: false,
    },
  },
  { mapping: { rename: { limit: 'most' } } },
)

/** What a client is told of what is refused. */
export const refusal = (code: string, details?: string) =>
  details === undefined ? { code } : { code, details }

export const saveListing = async (
  client: pg.Client,
  actor: Actor = outsider,
  document: unknown = dial,
  { workspaceId = theirs, id }: { workspaceId?: string; id?: string } = {},
): Promise<OwnListing> =>
  ownListingSchema.parse(
    await call(client, actor, 'save_listing', [workspaceId, JSON.stringify(document), id]),
  )

/** Gives a version of a listing to the operators. */
export const submit = async (
  client: pg.Client,
  id: string,
  bundle: Bundle | Record<string, unknown>,
  { actor = outsider, workspaceId = theirs, version = '1.0.0', hash = hashOf(bundle) } = {},
): Promise<OwnListing> =>
  ownListingSchema.parse(
    await call(client, actor, 'submit_listing', [
      workspaceId,
      id,
      version,
      JSON.stringify(bundle),
      hash,
      `As of ${version}`,
    ]),
  )

/** Decides about what waits at this moment. */
export const review = async (client: pg.Client, id: string, decision = 'publish', note = '') => {
  const seen = listingToReviewSchema.parse(await call(client, service, 'get_listing_to_review', [id]))
  return reviewedListingSchema.parse(
    await call(client, service, 'review_listing', [id, decision, seen.submittedAt, note]),
  )
}

/** A listing of `theirs` that is published, with the version and the hash of its bundle. */
export async function publishListing(
  client: pg.Client,
  bundle: Bundle = componentBundle(),
  { actor = outsider, workspaceId = theirs, document = {} as Partial<ListingInput>, version = '1.0.0' } = {},
): Promise<Published> {
  const { id } = await saveListing(
    client,
    actor,
    { ...dial, kind: bundle.kind, ...document },
    { workspaceId },
  )
  await submit(client, id, bundle, { actor, workspaceId, version })
  await review(client, id)
  return { id, version, hash: hashOf(bundle) }
}

export interface Published {
  id: string
  version: string
  hash: string
}

/** Publishes another version of a listing of `theirs`. */
export async function publishVersion(
  client: pg.Client,
  { id }: { id: string },
  version: string,
  bundle: Bundle,
): Promise<Published> {
  await submit(client, id, bundle, { version })
  await review(client, id)
  return { id, version, hash: hashOf(bundle) }
}

/** Installs a listing in `ours`. */
export const install = async (
  client: pg.Client,
  { id, version, hash }: Published,
  { actor = admin, workspaceId = ours, addresses = [] as string[] } = {},
): Promise<Install> =>
  installSchema.parse(
    await call(client, actor, 'install_listing', [workspaceId, id, version, hash, addresses]),
  )

export const preview = async (client: pg.Client, { id }: Install, actor = admin) =>
  upgradePreviewSchema.parse(await call(client, actor, 'preview_upgrade', [ours, id]))

export const upgrade = async (
  client: pg.Client,
  { id }: { id: string },
  { version, hash }: Published,
  { actor = admin, addresses = [] as string[] } = {},
) =>
  changedInstallSchema.parse(
    await call(client, actor, 'upgrade_install', [ours, id, version, hash, addresses]),
  )

export const rollBack = async (client: pg.Client, { id }: { id: string }, actor = admin) =>
  changedInstallSchema.parse(await call(client, actor, 'roll_back_install', [ours, id]))

export const installs = async (client: pg.Client, actor = admin, workspaceId = ours) =>
  installSchema.array().parse(await call(client, actor, 'list_installs', [workspaceId]))

export const details = async (client: pg.Client, actor: Actor, id: string, workspaceId?: string) =>
  listingDetailsSchema.parse(await call(client, actor, 'get_listing', [id, workspaceId]))

export const browse = async (client: pg.Client, actor: Actor, ...page: unknown[]) =>
  call<{ listings: Listing[]; next: string | null }>(client, actor, 'browse_marketplace', page)

/** Listings that are there, as `postgres`: of each kind as many, published if not said otherwise. */
export async function insertListings(
  client: pg.Client,
  number: number,
  { workspaceId = theirs, state = 'published', kind = 'component' as ListingKind } = {},
): Promise<string[]> {
  await client.query(
    `insert into private.marketplace_bundles (content_hash, bundle) values (repeat('0', 64), '{}')
     on conflict do nothing`,
  )
  const { rows } = await client.query<{ id: string }>(
    `with made as (
       insert into public.marketplace_listings (
         kind, state, name, author, description, category, licence, version, content_hash, install_count, publication,
         published_at)
       select $2, $3, $3 || ' ' || n, 'Studio', 'Made for tests.', 'sales', 'MIT', '1.0.0', repeat('0', 64), n,
         nextval('private.marketplace_publications'), case when $3 <> 'draft' then now() end
       from generate_series(1, $1) as n
       returning id, name
     ), versions as (
       insert into public.marketplace_versions (listing_id, version, state, content_hash, size, published_at)
       select m.id, '1.0.0', case when $3 = 'published' then 'published' else 'refused' end, repeat('0', 64), 2, now()
       from made m
     ), published as (
       insert into private.marketplace_publishers (workspace_id, listing_id, name_form, author_form)
       select $4, m.id, private.name_form(m.name), 'studio' from made m
     )
     select id from made order by name`,
    [number, kind, state, workspaceId],
  )
  return rows.map(({ id }) => id)
}

let strangers = 0

/** Workspaces of strangers, a year old, that have installed a listing and rated it; as `postgres`. */
export async function crowd(client: pg.Client, { id, hash }: Published, stars: number[]): Promise<string[]> {
  const made = stars.map(() => {
    const number = String(++strangers).padStart(6, '0')
    return { person: `00000000-0000-4000-8000-00000c${number}`, workspace: `WK-CRD${number}` }
  })
  const people = made.map(({ person }) => person)
  const workspaces = made.map(({ workspace }) => workspace)
  for (const [sql, values] of [
    [
      "insert into auth.users (id, email) select u, u || '@example.com' from unnest($1::uuid[]) as u",
      [people],
    ],
    [
      `insert into public.workspaces (id, name, created_at)
       select u, 'Crowd', now() - interval '1 year' from unnest($1::text[]) as u`,
      [workspaces],
    ],
    [
      `insert into public.workspace_members (workspace_id, user_id, role_key)
       select u.workspace, u.person, 'admin' from unnest($1::text[], $2::uuid[]) as u (workspace, person)`,
      [workspaces, people],
    ],
    [
      `insert into public.marketplace_installs (workspace_id, listing_id, kind, name, author, version, content_hash)
       select u, $2, 'view', 'Copy', 'Somebody', '1.0.0', $3 from unnest($1::text[]) as u`,
      [workspaces, id, hash],
    ],
    [
      `insert into private.marketplace_ratings (workspace_id, listing_id, stars)
       select u.workspace, $2, u.stars from unnest($1::text[], $3::integer[]) as u (workspace, stars)`,
      [workspaces, id, stars],
    ],
  ] as const)
    await client.query(sql, [...values])
  return workspaces
}
