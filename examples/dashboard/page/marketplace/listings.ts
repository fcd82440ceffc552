import { type AvailableComponent, type Listing, reportReasonSchema } from '../../../../types/index.ts'
import type { Client } from '../client.ts'
import { button, form } from '../controls.ts'
import { element } from '../element.ts'
import { keeping, showIn } from '../keep.ts'

type Offer = Listing & { isInstalled: boolean }

interface Installing {
  workspace_id: string
  changed(): Promise<void>
}

/** What others offer, which `show` keeps up to date, with a button for who may install. */
export function listingList(supabase: Client, installing?: Installing) {
  const list = element('ul')
  // Somebody may be writing a report of one while another changes.
  const itemsOf = keeping((listing: Offer) =>
    element(
      'li',
      {},
      element('strong', {}, listing.name),
      element('p', {}, `${listing.author} · ${listing.kind} · ${listing.licence} · ${ratingOf(listing)}`),
      element('p', {}, listing.description),
      ...(installing ? [installButton(supabase, listing, installing)] : []),
      reportForm(supabase, listing.id),
    ),
  )
  const show = (offers: Offer[]) =>
    showIn(list, offers.length ? itemsOf(offers) : [element('li', {}, 'Nothing is offered yet.')])
  return { list, show }
}

const ratingOf = ({ rating, installs }: Listing) =>
  [
    installs === 0 ? 'few installs' : `${installs} or more installs`,
    rating.average === null ? 'not rated' : `${rating.average} of 5`,
  ].join(' · ')

/** Tells operators that something is wrong with a listing. */
function reportForm(supabase: Client, listing_id: string) {
  const reason = element(
    'select',
    { ariaLabel: 'Reason' },
    ...reportReasonSchema.options.map((value) => element('option', { value }, value)),
  )
  const body = element('input', { maxLength: 1000, placeholder: 'What is wrong with it?' })
  const told = element('p', { role: 'status' })
  return element(
    'details',
    {},
    element('summary', {}, 'Report'),
    reason,
    body,
    button('Send report', async () => {
      await supabase
        .rpc('report_listing', {
          listing_id,
          reason: reportReasonSchema.parse(reason.value),
          body: body.value,
        })
        .throwOnError()
      told.textContent = 'Thank you, somebody looks at it.'
    }),
    told,
  )
}

function installButton(supabase: Client, listing: Offer, { workspace_id, changed }: Installing) {
  if (listing.isInstalled) return element('p', {}, 'Installed.')
  return button('Install', async () => {
    const { id: listing_id, version, contentHash: content_hash, addresses } = listing
    if (version === null || content_hash === null) return
    // Who installs allows every address, and sees it before.
    if (addresses.length > 0 && !confirm(`It asks for data at ${addresses.join(', ')}. Allow it?`)) return
    await supabase
      .rpc('install_listing', { workspace_id, listing_id, version, content_hash, allow_addresses: addresses })
      .throwOnError()
    await changed()
  })
}

/** A form that offers a component of the workspace: a listing, or the next version of one. */
export function publishForm(supabase: Client, workspace_id: string, changed: () => Promise<void>) {
  const component = element('select', { ariaLabel: 'Component' })
  const name = element('input', { required: true, maxLength: 60, placeholder: 'Name of the listing' })
  const author = element('input', { required: true, maxLength: 60, placeholder: 'Who you are, to others' })
  const description = element('input', { required: true, maxLength: 500, placeholder: 'What it is for' })
  const made = form('Offer', [component, name, author, description], async () => {
    const { data: listings } = await supabase.rpc('list_my_listings', { workspace_id }).throwOnError()
    const earlier = listings.find((listing) => listing.name === name.value)
    const listing_id = earlier?.id ?? (await begin())
    const { data: prepared } = await supabase
      .rpc('prepare_bundle', { workspace_id, kind: 'component', id: component.value })
      .throwOnError()
    const version = versions.get(component.value) ?? ''
    const { bundle, contentHash: content_hash } = prepared
    await supabase
      .rpc('submit_listing', { workspace_id, listing_id, version, bundle, content_hash })
      .throwOnError()
    await changed()
  })
  const begin = async () => {
    const { data } = await supabase
      .rpc('save_listing', {
        workspace_id,
        document: {
          kind: 'component',
          name: name.value,
          author: author.value,
          description: description.value,
          category: 'other',
          licence: 'MIT',
        },
      })
      .throwOnError()
    return data.id
  }

  let versions = new Map<string, string>()
  const read = async () => {
    const { data } = await supabase.rpc('available_components', { workspace_id }).throwOnError()
    const own = data.flatMap(({ id, version }: AvailableComponent) =>
      version === null ? [] : ([[id, version]] satisfies [string, string][]),
    )
    versions = new Map(own)
    const chosen = component.value
    component.replaceChildren(
      ...own.map(([id, version]) =>
        element('option', { value: id, selected: id === chosen }, `${id} ${version}`),
      ),
    )
    made.hidden = own.length === 0
  }
  return { form: made, read }
}
