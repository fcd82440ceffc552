import canonicalize from 'canonicalize'
import { beforeEach, expect, it } from 'vitest'
import {
  changedInstallSchema,
  installSchema,
  type ListingInput,
  listingBundleSchema,
  listingDetailsSchema,
  listingPageSchema,
  listingSchema,
  listingToReviewSchema,
  ownListingSchema,
  preparedBundleSchema,
  reportPageSchema,
  reviewedListingSchema,
  reviewQueueSchema,
  upgradePreviewSchema,
} from '../../../types/marketplace.ts'
import { gauge } from '../../support/dashboards/components.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { FrontEnd, Person } from '../../support/http/front-end.ts'
import { setPlan } from '../../support/people/plan.ts'

// The rows of docs/endpoints.md about the marketplace: Ada publishes, Eve installs in a workspace of her own.

let app: FrontEnd
let ada: Person
let mia: Person
let eve: Person
let workspace_id: string
let eves: string
let document: ListingInput
let number = 0

const people = endpointSuite()
beforeEach(async () => {
  ;({ app, ada, mia, eve, workspace_id } = people())
  eves = await app.createWorkspace(eve)
  await setPlan(app.server, 'premium')
  const author = `Studio ${++number + 100}`
  document = {
    kind: 'component',
    name: `Dial ${number + 100}`,
    author,
    description: 'How full the tank is.',
    category: 'analytics',
    licence: 'MIT',
  }
})

const server = () => app.gateway.adminClient()
const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

/** A draft of Ada's, and what is to be submitted of it. */
async function begun() {
  const saved = await ada.supabase.rpc('save_listing', { workspace_id, document })
  const { id } = ownListingSchema.parse(saved.data)
  return { workspace_id, listing_id: id }
}

/** Publishes a version of the component in Ada's workspace, and prepares its bundle. */
async function prepared(version = '1.0.0') {
  const component = { ...gauge, id: 'dial', version }
  await ada.supabase.rpc('publish_component', { workspace_id, document: plain(component) }).throwOnError()
  const { data } = await ada.supabase.rpc('prepare_bundle', { workspace_id, kind: 'component', id: 'dial' })
  return preparedBundleSchema.parse(data)
}

async function submitted(of: { workspace_id: string; listing_id: string }, version = '1.0.0') {
  const { bundle, contentHash: content_hash } = await prepared(version)
  await ada.supabase
    .rpc('submit_listing', { ...of, version, bundle: plain(bundle), content_hash })
    .throwOnError()
  return { listing_id: of.listing_id, version, content_hash }
}

async function review(listing_id: string, decision: 'publish' | 'refuse', note = '') {
  const { data } = await server().rpc('get_listing_to_review', { listing_id }).throwOnError()
  const submitted_at = listingToReviewSchema.parse(data).submittedAt ?? ''
  return server().rpc('review_listing', { listing_id, decision, submitted_at, note })
}

const publish = async (listing_id: string) => expect((await review(listing_id, 'publish')).error).toBeNull()

async function published() {
  const listing = await begun()
  const version = await submitted(listing)
  await publish(listing.listing_id)
  return version
}

async function installed(version: Awaited<ReturnType<typeof published>>) {
  const { data } = await eve.supabase
    .rpc('install_listing', { workspace_id: eves, ...version })
    .throwOnError()
  return { workspace_id: eves, install_id: installSchema.parse(data).id }
}

it('marketplace browse', async () => {
  const { listing_id } = await published()
  const browse = (page: object = {}) => mia.supabase.rpc('browse_marketplace', { sort: 'newest', ...page })
  const { data } = await browse({ kind: 'component', category: 'analytics', per_page: 1 })
  expect(listingPageSchema.parse(data).listings).toMatchObject([{ id: listing_id, name: document.name }])
  expect((await browse({ per_page: 0 })).error).toMatchObject({ code: 'invalid_input', details: 'per_page' })
  expect((await app.connect().rpc('browse_marketplace', {})).error).toMatchObject({ code: '42501' })
})

it('marketplace get', async () => {
  const { listing_id, version, content_hash } = await published()
  const get = ({ supabase }: Person, of = {}) => supabase.rpc('get_listing', { listing_id, ...of })
  expect(listingDetailsSchema.parse((await get(eve, { workspace_id: eves })).data)).toMatchObject({
    versions: [{ version, contentHash: content_hash }],
    install: null,
  })
  expect((await get(eve, { workspace_id })).error).toMatchObject({
    code: 'not_found',
    details: 'workspace_id',
  })
  expect((await get(eve, { listing_id: eve.id })).error).toMatchObject({
    code: 'not_found',
    details: 'listing_id',
  })
})

it('marketplace bundle', async () => {
  const { listing_id, version } = await published()
  const { data } = await eve.supabase.rpc('get_listing_bundle', { listing_id, version })
  const { bundle, contentHash } = listingBundleSchema.parse(data)
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonicalize(bundle)))
  expect(contentHash).toBe(Buffer.from(digest).toString('hex'))
  const other = await eve.supabase.rpc('get_listing_bundle', { listing_id, version: '9.0.0' })
  expect(other.error).toMatchObject({ code: 'not_found', details: 'version' })
})

it('marketplace report', async () => {
  const { listing_id } = await published()
  const report = (reason: 'broken' | 'other', body = '') =>
    mia.supabase.rpc('report_listing', { listing_id, reason, body })
  expect((await report('broken', '<b>')).error).toMatchObject({ code: 'invalid_input', details: 'body' })
  expect((await report('broken')).error).toBeNull()
  const { data } = await server().rpc('list_listing_reports', { per_page: 100 })
  const [one] = reportPageSchema.parse(data).reports.filter(({ listingId }) => listingId === listing_id)
  expect(one).toMatchObject({ reason: 'broken' })
  const close = await server().rpc('close_listing_report', { report_id: one?.id ?? '' })
  expect(close.error).toBeNull()
})

it('marketplace save', async () => {
  const { listing_id } = await begun()
  const save = ({ supabase }: Person, change = {}) =>
    supabase.rpc('save_listing', { workspace_id, listing_id, document: { ...document, ...change } })
  const { data } = await save(ada, { description: 'Better.' })
  expect(ownListingSchema.parse(data)).toMatchObject({ id: listing_id, description: 'Better.' })
  expect((await save(ada, { name: '' })).error).toMatchObject({ code: 'invalid_input', details: 'name' })
  expect((await save(mia)).error).toMatchObject({ code: 'permission_denied', details: 'marketplace.publish' })
  expect((await save(eve)).error).toMatchObject({ code: 'not_found', details: 'workspace_id' })
})

it('marketplace pictures', async () => {
  const { listing_id } = await begun()
  const path = `${listing_id}/${crypto.randomUUID()}.png`
  const upload = ({ supabase }: Person, contentType = 'image/png') =>
    supabase.storage.from('marketplace').upload(path, 'png', { contentType })
  expect((await upload(eve)).error).toMatchObject({ statusCode: '403' })
  expect((await upload(mia)).error).toMatchObject({ statusCode: '403' })
  expect((await upload(ada, 'image/svg+xml')).error).toMatchObject({ statusCode: '415' })
  expect((await upload(ada)).error).toBeNull()
  const save = (pictures: string[]) =>
    ada.supabase.rpc('save_listing', { workspace_id, listing_id, document: { ...document, pictures } })
  expect(ownListingSchema.parse((await save([path])).data).pictures).toEqual([path])
  const missing = path.replace(/[^/]*$/, `${crypto.randomUUID()}.png`)
  expect((await save([missing])).error).toMatchObject({ code: 'invalid_input', details: 'pictures.0' })
  const { publicUrl } = eve.supabase.storage.from('marketplace').getPublicUrl(path).data
  expect((await fetch(publicUrl)).status).toBe(200)
  // Who is nobody there lists nothing.
  expect((await eve.supabase.storage.from('marketplace').list(listing_id)).data).toEqual([])

  // What is shown, and what an operator looks at, is neither removed nor replaced.
  const of = { listing_id }
  await submitted({ workspace_id, ...of })
  await publish(listing_id)
  const next = path.replace(/[^/]*$/, `${crypto.randomUUID()}.webp`)
  const files = ada.supabase.storage.from('marketplace')
  const add = () => files.upload(next, 'webp', { contentType: 'image/webp' })
  await add()
  await save([next])
  expect((await files.remove([next])).data).toHaveLength(1)
  const submit = () => ada.supabase.rpc('submit_listing', { workspace_id, ...of })
  expect((await submit()).error).toMatchObject({ code: 'invalid_input', details: 'pictures.0' })
  expect((await add()).error).toBeNull()
  expect((await submit()).error).toBeNull()
  expect((await files.remove([path, next])).data).toEqual([])
  const replaced = await files.upload(next, 'other', { contentType: 'image/webp', upsert: true })
  expect(replaced.error).toMatchObject({ statusCode: '403' })
  await publish(listing_id)
  expect((await files.remove([path, next])).data).toHaveLength(1)
})

it('marketplace prepare', async () => {
  expect((await prepared()).bundle).toMatchObject({ kind: 'component', content: { id: 'dial' } })
  const prepare = ({ supabase }: Person, id: string) =>
    supabase.rpc('prepare_bundle', { workspace_id, kind: 'component', id })
  expect((await prepare(ada, 'nothing')).error).toMatchObject({ code: 'not_found', details: 'id' })
  expect((await prepare(mia, 'dial')).error).toMatchObject({ code: 'permission_denied' })
})

it('marketplace submit', async () => {
  const listing = await begun()
  const { bundle, contentHash } = await prepared()
  const submit = ({ supabase }: Person, content_hash: string) =>
    supabase.rpc('submit_listing', { ...listing, version: '1.0.0', bundle: plain(bundle), content_hash })
  expect((await submit(ada, 'a'.repeat(64))).error).toMatchObject({
    code: 'invalid_input',
    details: 'content_hash',
  })
  expect((await submit(eve, contentHash)).error).toMatchObject({ code: 'not_found' })
  const { data } = await submit(ada, contentHash)
  expect(ownListingSchema.parse(data)).toMatchObject({ state: 'in_review', versions: [{ contentHash }] })
  expect((await submit(ada, contentHash)).error).toMatchObject({ code: 'conflict', details: 'state' })
})

it('marketplace mine', async () => {
  const { listing_id } = await published()
  const mine = ({ supabase }: Person) => supabase.rpc('list_my_listings', { workspace_id })
  expect(ownListingSchema.array().parse((await mine(ada)).data)).toMatchObject([{ id: listing_id }])
  expect((await mine(mia)).error).toMatchObject({ code: 'permission_denied' })
})

it('marketplace withdraw', async () => {
  const { listing_id } = await published()
  const withdraw = ({ supabase }: Person) => supabase.rpc('withdraw_listing', { workspace_id, listing_id })
  expect((await withdraw(eve)).error).toMatchObject({ code: 'not_found' })
  expect(ownListingSchema.parse((await withdraw(ada)).data).state).toBe('withdrawn')
  const remove = (of: object) => ada.supabase.rpc('delete_listing', { workspace_id, listing_id, ...of })
  expect((await remove({})).error).toMatchObject({ code: 'conflict', details: 'state' })
  document.name = `${document.name} again`
  expect((await remove(await begun())).error).toBeNull()
})

it('marketplace install', async () => {
  const version = await published()
  const install = ({ supabase }: Person, change = {}) =>
    supabase.rpc('install_listing', { workspace_id: eves, ...version, ...change })
  expect((await install(eve, { content_hash: 'a'.repeat(64) })).error).toMatchObject({
    code: 'conflict',
    details: 'content_hash',
  })
  expect((await install(ada)).error).toMatchObject({ code: 'not_found', details: 'workspace_id' })
  expect(installSchema.parse((await install(eve)).data)).toMatchObject({ componentKey: 'dial' })
  expect((await install(eve)).error).toMatchObject({ code: 'conflict', details: 'listing_id' })
})

it('marketplace installs', async () => {
  const { install_id } = await installed(await published())
  const list = ({ supabase }: Person) => supabase.rpc('list_installs', { workspace_id: eves })
  expect(installSchema.array().parse((await list(eve)).data)).toMatchObject([
    { id: install_id, upgrade: null },
  ])
  expect((await list(ada)).error).toMatchObject({ code: 'not_found' })
})

it('marketplace upgrade', async () => {
  const listing = await begun()
  const first = await submitted(listing)
  await publish(listing.listing_id)
  const copy = await installed(first)
  const pin = (is_pinned: boolean) => eve.supabase.rpc('pin_install', { ...copy, is_pinned })
  const { version, content_hash } = await submitted(listing, '1.1.0')
  await publish(listing.listing_id)
  const { data: seen } = await eve.supabase.rpc('preview_upgrade', copy)
  expect(upgradePreviewSchema.parse(seen)).toMatchObject({
    from: '1.0.0',
    to: version,
    contentHash: content_hash,
  })
  expect(installSchema.parse((await pin(true)).data).isPinned).toBe(true)
  const upgrade = () => eve.supabase.rpc('upgrade_install', { ...copy, version, content_hash })
  expect((await upgrade()).error).toMatchObject({ code: 'conflict', details: 'is_pinned' })
  await pin(false)
  expect(changedInstallSchema.parse((await upgrade()).data).install).toMatchObject({
    version,
    canRollBack: true,
  })
})

it('marketplace roll back', async () => {
  const listing = await begun()
  const first = await submitted(listing)
  await publish(listing.listing_id)
  const copy = await installed(first)
  const rollBack = () => eve.supabase.rpc('roll_back_install', copy)
  expect((await rollBack()).error).toMatchObject({ code: 'conflict', details: 'version' })
  const { version, content_hash } = await submitted(listing, '1.1.0')
  await publish(listing.listing_id)
  await eve.supabase.rpc('upgrade_install', { ...copy, version, content_hash }).throwOnError()
  const { data } = await rollBack()
  expect(changedInstallSchema.parse(data)).toMatchObject({
    install: { version: '1.0.0' },
    widgets: { total: 0 },
  })
})

it('marketplace remove', async () => {
  const copy = await installed(await published())
  const remove = ({ supabase }: Person) => supabase.rpc('remove_install', copy)
  expect((await remove(ada)).error).toMatchObject({ code: 'not_found' })
  expect((await remove(eve)).error).toBeNull()
  expect((await remove(eve)).error).toMatchObject({ code: 'not_found', details: 'install_id' })
})

it('marketplace rate', async () => {
  const version = await published()
  const { listing_id } = version
  const rate = ({ supabase }: Person, stars: number, at = eves) =>
    supabase.rpc('rate_listing', { workspace_id: at, listing_id, stars })
  expect((await rate(eve, 5)).error).toMatchObject({ code: 'conflict', details: 'listing_id' })
  await installed(version)
  // What many think is told within a day.
  expect(listingSchema.parse((await rate(eve, 4)).data).rating).toEqual({ count: 0, average: null })
  const own = await eve.supabase.rpc('get_listing', { listing_id, workspace_id: eves })
  expect(listingDetailsSchema.parse(own.data).stars).toBe(4)
  expect((await rate(eve, 0)).error).toMatchObject({ code: 'invalid_input', details: 'stars' })
  expect((await rate(ada, 5, workspace_id)).error).toMatchObject({ code: 'conflict', details: 'listing_id' })
})

it('marketplace queue', async () => {
  const listing = await begun()
  await submitted(listing)
  const { data } = await server().rpc('list_listings_to_review', { per_page: 100 })
  const ids = reviewQueueSchema.parse(data).listings.map(({ id }) => id)
  expect(ids).toContain(listing.listing_id)
  const one = await server().rpc('get_listing_to_review', { listing_id: listing.listing_id })
  expect(listingToReviewSchema.parse(one.data)).toMatchObject({ workspaceId: workspace_id, reports: [] })
  // As who calls past the types.
  const call = (name: 'browse_marketplace') => ada.supabase.rpc(name, {})
  expect((await call('list_listings_to_review' as 'browse_marketplace')).error).toMatchObject({
    code: '42501',
  })
})

it('marketplace review', async () => {
  const listing = await begun()
  const { listing_id } = await submitted(listing)
  const { data } = await review(listing_id, 'refuse', 'Say more.')
  expect(reviewedListingSchema.parse(data)).toMatchObject({ state: 'draft', reviewNote: 'Say more.' })
  const submitted_at = new Date().toISOString()
  const late = await server().rpc('review_listing', { listing_id, decision: 'publish', submitted_at })
  expect(late.error).toMatchObject({ code: 'conflict', details: 'state' })
})

it('marketplace take down', async () => {
  const { listing_id } = await published()
  const takeDown = (reason: string, is_taken_down = true) =>
    server().rpc('take_down_listing', { listing_id, reason, is_taken_down })
  expect((await takeDown('')).error).toMatchObject({ code: 'invalid_input', details: 'reason' })
  expect(reviewedListingSchema.parse((await takeDown('It lies.')).data)).toMatchObject({
    state: 'withdrawn',
    takedownReason: 'It lies.',
  })
  expect((await takeDown('', false)).error).toBeNull()
})

it('tables of the marketplace', async () => {
  const version = await published()
  await installed(version)
  const { data: listings } = await mia.supabase
    .from('marketplace_listings')
    .select()
    .match({ id: version.listing_id })
  expect(listings).toMatchObject([{ name: document.name, install_count: 0 }])
  const of = { listing_id: version.listing_id }
  expect((await mia.supabase.from('marketplace_versions').select().match(of)).data).toHaveLength(1)
  expect(
    (
      await eve.supabase
        .from('marketplace_installs')
        .select('id, name, version, is_pinned')
        .match({ workspace_id: eves })
    ).data,
  ).toHaveLength(1)
  expect(
    (await mia.supabase.from('marketplace_installs').select('id, name, version, is_pinned')).data,
  ).toEqual([])
  const { data: categories } = await mia.supabase.from('marketplace_categories').select().order('position')
  expect(categories?.[0]).toMatchObject({ key: 'analytics' })
  const forged = await eve.supabase
    .from('marketplace_listings')
    .update({ install_count: 9 } as never)
    .eq('id', version.listing_id)
  expect(forged.error).toMatchObject({ code: '42501' })
})
