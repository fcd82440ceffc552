import * as z from 'zod'
import { holdsAddress } from './addresses.ts'
import { isDistinct } from './distinct.ts'
import { bundleRequirementSchema } from './marketplace-bundle.ts'
import { singleLine } from './text.ts'
import { utcTimestampSchema } from './timestamp.ts'

// The marketplace: what workspaces offer to each other, and what they have installed. docs/marketplace.md tells its
// story, types/marketplace-bundle.ts says what is in a version.

/**
 * What a listing is.
 *
 * @example
 * const filters = listingKindSchema.options
 */
export const listingKindSchema = z.enum(['component', 'theme', 'view'])

/**
 * draft: being written. in_review: an operator is to look at it. published: for everybody. withdrawn: by its author, or
 * taken down.
 *
 * @example
 * const isOffered = listingStateSchema.parse('published') === 'published'
 */
export const listingStateSchema = z.enum(['draft', 'in_review', 'published', 'withdrawn'])

/**
 * The licences of listings, by their SPDX identifiers; `proprietary` is to be used here and nothing else.
 *
 * @example
 * const options = listingLicenceSchema.options
 */
export const listingLicenceSchema = z.enum([
  'MIT',
  'Apache-2.0',
  'CC0-1.0',
  'CC-BY-4.0',
  'CC-BY-SA-4.0',
  'proprietary',
])

/** Visible text that leads nowhere. */
const line = (max: number) =>
  singleLine({ min: 1, max }).refine((text) => !holdsAddress(text), 'This holds an address.')
const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
/** As `private.listing_picture_pattern` has it. */
const picturePattern = new RegExp(`^${uuid}/${uuid}[.](?:png|jpg|jpeg|webp)$`)
const { contentHash } = bundleRequirementSchema.shape

/**
 * What an author writes about a listing: what `save_listing` takes.
 *
 * @example
 * const document = listingInputSchema.parse({
 *   kind: 'theme', name: 'Dusk', author: 'Studio', description: 'Calm colors.', category: 'design', licence: 'MIT',
 * })
 * await supabase.rpc('save_listing', { workspace_id, document })
 */
export const listingInputSchema = z.strictObject({
  kind: listingKindSchema,
  name: line(60),
  /** What the author calls themselves; nothing else is shown of who is behind a listing. */
  author: line(60),
  description: line(500),
  /** A key of the table marketplace_categories. */
  category: z.string(),
  licence: listingLicenceSchema,
  tags: z
    .array(
      z
        .string()
        .max(30)
        .regex(/^[a-z0-9][a-z0-9-]*$/),
    )
    .max(10)
    .refine(isDistinct)
    .optional(),
  /** Paths in the bucket `marketplace`, in the folder of the listing. */
  pictures: z.array(z.string().regex(picturePattern)).max(8).refine(isDistinct).optional(),
})

/**
 * A listing as everybody reads it.
 *
 * @example
 * const { data } = await supabase.rpc('rate_listing', { workspace_id, listing_id: id, stars: 5 })
 * const { rating } = listingSchema.parse(data)
 */
export const listingSchema = z.strictObject({
  id: z.guid(),
  kind: listingKindSchema,
  name: z.string(),
  author: z.string(),
  description: z.string(),
  category: z.string(),
  tags: z.array(z.string()),
  licence: listingLicenceSchema,
  /** `supabase.storage.from('marketplace').getPublicUrl(path)` shows one. */
  pictures: z.array(z.string()),
  /** The latest one; null before there is any. */
  version: z.string().nullable(),
  contentHash: contentHash.nullable(),
  /** What the latest version asks for outside. */
  addresses: z.array(z.string()),
  /** At least so many workspaces have it installed, counted once a day: 0 stands for fewer than three. */
  installs: z.int().nonnegative(),
  /** Alike, with the average in half stars; null while fewer than three count. */
  rating: z.strictObject({ count: z.int().nonnegative(), average: z.number().min(1).max(5).nullable() }),
  publishedAt: utcTimestampSchema.nullable(),
  updatedAt: utcTimestampSchema,
})

/**
 * A page of the marketplace: the answer of `browse_marketplace`.
 *
 * @example
 * const { data } = await supabase.rpc('browse_marketplace', { sort: 'newest', category: 'sales' })
 * const { listings, next } = listingPageSchema.parse(data)
 */
export const listingPageSchema = z.strictObject({
  listings: z.array(listingSchema),
  /** What to give as `after` for the next page; null on the last one. */
  next: z.string().nullable(),
})

/**
 * A version of a listing.
 *
 * @example
 * const [latest] = listingVersionSchema.array().parse(answer)
 */
export const listingVersionSchema = z.strictObject({
  version: z.string(),
  /** The SHA-256 of its bundle in the form of RFC 8785. */
  contentHash,
  size: z.int().positive(),
  addresses: z.array(z.string()),
  notes: z.string(),
  createdAt: utcTimestampSchema,
  publishedAt: utcTimestampSchema.nullable(),
})

/**
 * What a version consists of: the answer of `get_listing_bundle`. `bundleSchema` says what is in a bundle.
 *
 * @example
 * const { data } = await supabase.rpc('get_listing_bundle', { listing_id: id, version: '1.0.0' })
 * const { bundle, contentHash } = listingBundleSchema.parse(data)
 */
export const listingBundleSchema = z.strictObject({
  version: z.string(),
  contentHash,
  bundle: z.record(z.string(), z.unknown()),
})

/**
 * What `submit_listing` takes, as `prepare_bundle` makes it of something that is there.
 *
 * @example
 * const { data } = await supabase.rpc('prepare_bundle', { workspace_id, kind: 'theme', id: theme_id })
 * const { bundle, contentHash } = preparedBundleSchema.parse(data)
 */
export const preparedBundleSchema = listingBundleSchema.omit({ version: true })

/**
 * A listing as its own workspace reads it: the answer of `save_listing`, `submit_listing` and `withdraw_listing`.
 *
 * @example
 * const { data } = await supabase.rpc('list_my_listings', { workspace_id })
 * const waiting = ownListingSchema.array().parse(data).filter(({ submittedAt }) => submittedAt)
 */
export const ownListingSchema = listingSchema.extend({
  workspaceId: z.string(),
  state: listingStateSchema,
  /** What it is to say once an operator has seen it; null for no change. */
  proposed: z.record(z.string(), z.unknown()).nullable(),
  /** Since when it waits for an operator. */
  submittedAt: utcTimestampSchema.nullable(),
  /** What an operator said last. */
  reviewNote: z.string().nullable(),
  takenDownAt: utcTimestampSchema.nullable(),
  takedownReason: z.string().nullable(),
  createdAt: utcTimestampSchema,
  versions: z.array(
    listingVersionSchema.extend({ state: z.enum(['in_review', 'published', 'refused', 'withdrawn']) }),
  ),
})

/**
 * What a workspace has installed: the answer of `install_listing`, and one of `list_installs`.
 *
 * @example
 * const { data } = await supabase.rpc('list_installs', { workspace_id })
 * const upgrades = installSchema.array().parse(data).filter(({ upgrade, isPinned }) => upgrade && !isPinned)
 */
export const installSchema = z.strictObject({
  id: z.guid(),
  workspaceId: z.string(),
  /** Null once the listing is gone with its workspace. */
  listingId: z.guid().nullable(),
  kind: listingKindSchema,
  name: z.string(),
  author: z.string(),
  version: z.string(),
  contentHash,
  isPinned: z.boolean(),
  /** Of a component: what a layout names as widgetId. */
  componentKey: z.string().nullable(),
  themeId: z.guid().nullable(),
  /** Of a view template: the view that it became; null once that is deleted for good. */
  viewId: z.guid().nullable(),
  /** The data sources that were made, by their keys in the bundle. */
  sources: z.record(z.string(), z.guid()),
  revision: z.int().positive(),
  canRollBack: z.boolean(),
  /** The latest version, where it is another one. */
  upgrade: z.strictObject({ version: z.string(), contentHash, addresses: z.array(z.string()) }).nullable(),
  /** What became of the listing, if it is offered no more. The copy goes on working. */
  notice: z
    .strictObject({
      kind: z.enum(['taken_down', 'withdrawn', 'gone']),
      reason: z.string().nullable(),
      at: utcTimestampSchema.nullable(),
    })
    .nullable(),
  createdAt: utcTimestampSchema,
  updatedAt: utcTimestampSchema,
})

/**
 * A listing with its versions, and what a workspace has of it: the answer of `get_listing`.
 *
 * @example
 * const { data } = await supabase.rpc('get_listing', { listing_id: id, workspace_id })
 * const { versions, install, stars } = listingDetailsSchema.parse(data)
 */
export const listingDetailsSchema = listingSchema.extend({
  versions: z.array(listingVersionSchema),
  install: installSchema.nullable(),
  stars: z.int().min(1).max(5).nullable(),
})

const widgetCounts = z.strictObject({
  total: z.int(),
  /** Valid as they are. */
  unchanged: z.int(),
  /** With another configuration, which the author's mapping makes. */
  mapped: z.int(),
  /** With none that is valid: upgraded, they keep their version; rolled back, they get that of the component. */
  invalid: z.int(),
})

const upgradedParts = z.array(z.strictObject({ key: z.string(), stays: z.boolean() }))

/**
 * What an upgrade would change: the answer of `preview_upgrade`.
 *
 * @example
 * const { data } = await supabase.rpc('preview_upgrade', { workspace_id, install_id: id })
 * const { component, addresses } = upgradePreviewSchema.parse(data)
 */
export const upgradePreviewSchema = z.strictObject({
  installId: z.guid(),
  kind: listingKindSchema,
  from: z.string(),
  to: z.string(),
  contentHash,
  notes: z.array(z.strictObject({ version: z.string(), notes: z.string() })),
  /** Those that are to be allowed, beside what is already. */
  addresses: z.array(z.string()),
  /** Components that are to be installed before, or upgraded. */
  requires: z.array(bundleRequirementSchema),
  /** Those that are made or change; one that people changed since stays. */
  sources: upgradedParts,
  component: z
    .strictObject({
      widgets: widgetCounts,
      viewCount: z.int(),
      /** At most 100, those with problems first. Id and name are null for all that are not for the caller. */
      views: z.array(
        z.strictObject({
          id: z.guid().nullable(),
          name: z.string().nullable(),
          widgets: z.int(),
          mapped: z.int(),
          invalid: z.int(),
        }),
      ),
      /** Configurations that would no longer be valid, at most 100. */
      problems: z.array(
        z.strictObject({
          viewId: z.guid(),
          instanceId: z.guid(),
          path: z.string(),
          message: z.string(),
        }),
      ),
    })
    .nullable(),
  theme: z
    .strictObject({ changes: z.array(z.string()), people: z.int(), isWorkspaceDefault: z.boolean() })
    .nullable(),
  /** By the keys of `editConflictSchema`; what people changed since stays. */
  view: z.strictObject({ changes: upgradedParts }).nullable(),
})

/**
 * What became of an installed copy: the answer of `upgrade_install` and `roll_back_install`.
 *
 * @example
 * const { data } = await supabase.rpc('roll_back_install', { workspace_id, install_id: id })
 * const { install } = changedInstallSchema.parse(data)
 */
export const changedInstallSchema = z.strictObject({
  install: installSchema,
  /** Of a component alone. */
  widgets: widgetCounts.nullable(),
})

/**
 * What uses an installed copy: what `error.details` of `remove_install` holds, as JSON.
 *
 * @example
 * if (error?.code === 'conflict') show(installUsesSchema.parse(JSON.parse(error.details)).uses)
 */
export const installUsesSchema = z.strictObject({
  total: z.int(),
  /** At most 100. Id and name of a view are null for all that are not for the caller. */
  uses: z.array(
    z.strictObject({
      kind: z.enum(['view', 'deleted_view', 'workspace', 'people']),
      id: z.guid().nullable(),
      name: z.string().nullable(),
      count: z.int(),
    }),
  ),
})

/**
 * Addresses that whoever installs or upgrades has to allow: what `error.details` holds, as JSON.
 *
 * @example
 * if (error?.code === 'conflict') ask(addressesToAllowSchema.parse(JSON.parse(error.details)).addresses)
 */
export const addressesToAllowSchema = z.strictObject({ addresses: z.array(z.string()) })

/**
 * What has to be installed, or upgraded, before a view template: what `error.details` holds, as JSON.
 *
 * @example
 * if (error?.code === 'conflict') ask(requirementsSchema.parse(JSON.parse(error.details)).requires)
 */
export const requirementsSchema = z.strictObject({ requires: z.array(bundleRequirementSchema) })

/**
 * A listing as operators read it: the answer of `review_listing` and `take_down_listing`.
 *
 * @example
 * const seen = listingToReviewSchema.parse((await server.rpc('get_listing_to_review', { listing_id: id })).data)
 * const { data } = await server.rpc('review_listing', {
 *   listing_id: id,
 *   decision: 'publish',
 *   submitted_at: seen.submittedAt ?? '',
 * })
 * const { state } = reviewedListingSchema.parse(data)
 */
export const reviewedListingSchema = ownListingSchema.extend({ openReports: z.int() })

/**
 * A page of the listings that wait for operators.
 *
 * @example
 * const { data } = await server.rpc('list_listings_to_review')
 * const [first] = reviewQueueSchema.parse(data).listings
 */
export const reviewQueueSchema = z.strictObject({
  listings: z.array(reviewedListingSchema),
  next: z.string().nullable(),
})

/**
 * Why somebody reports a listing.
 *
 * @example
 * const reasons = reportReasonSchema.options
 */
export const reportReasonSchema = z.enum(['malicious', 'misleading', 'copyright', 'broken', 'other'])

const report = z.strictObject({
  id: z.guid(),
  reason: reportReasonSchema,
  body: z.string(),
  createdAt: utcTimestampSchema,
  closedAt: utcTimestampSchema.nullable(),
})

/**
 * A listing with all that operators know of it: the answer of `get_listing_to_review`.
 *
 * @example
 * const { data } = await server.rpc('get_listing_to_review', { listing_id: id })
 * const { bundle, reports, similarListings } = listingToReviewSchema.parse(data)
 */
export const listingToReviewSchema = reviewedListingSchema.extend({
  /** Of the latest version, whatever its state; null before there is any. */
  bundle: z.record(z.string(), z.unknown()).nullable(),
  reports: z.array(report),
  /** At most 20 of other workspaces, whose name or author is similar to what this one is to say. */
  similarListings: z.array(
    z.strictObject({
      ...listingSchema.pick({ id: true, kind: true, name: true, author: true, installs: true }).shape,
      state: listingStateSchema,
      alike: z.array(z.enum(['name', 'author'])),
    }),
  ),
})

/**
 * A page of the reports that are open.
 *
 * @example
 * const { data } = await server.rpc('list_listing_reports')
 * const { reports } = reportPageSchema.parse(data)
 */
export const reportPageSchema = z.strictObject({
  reports: z.array(report.extend({ listingId: z.guid(), name: z.string() })),
  next: z.string().nullable(),
})

export type ListingKind = z.infer<typeof listingKindSchema>
export type ListingState = z.infer<typeof listingStateSchema>
export type ListingInput = z.input<typeof listingInputSchema>
export type Listing = z.infer<typeof listingSchema>
export type OwnListing = z.infer<typeof ownListingSchema>
export type ListingDetails = z.infer<typeof listingDetailsSchema>
export type Install = z.infer<typeof installSchema>
export type UpgradePreview = z.infer<typeof upgradePreviewSchema>
export type ReportReason = z.infer<typeof reportReasonSchema>
