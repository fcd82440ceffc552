import type { Client } from '../client.ts'
import { button } from '../controls.ts'
import { element } from '../element.ts'
import { latest } from '../latest.ts'
import { headerPanel } from '../panel.ts'
import { installList } from './installs.ts'
import { listingList, publishForm } from './listings.ts'

/** What a workspace offers and what it has installed, which `read` keeps up to date. */
export function marketplacePanel(supabase: Client, workspace_id: string, permissions: string[]) {
  const installs = element('div')
  const mine = element('div')
  const mayInstall = permissions.includes('marketplace.install')
  const mayPublish = permissions.includes('marketplace.publish')
  const offers = listingList(supabase, mayInstall ? { workspace_id, changed: () => read() } : undefined)
  const pages = element('div')
  const form = mayPublish ? publishForm(supabase, workspace_id, () => read()) : undefined
  const ask = latest()
  let after: string | null = null
  let shown = ''

  const read = async () => {
    const isLatest = ask()
    const [page, copies, own] = await Promise.all([
      supabase.rpc('browse_marketplace', { sort: 'newest', ...(after && { after }) }).throwOnError(),
      mayInstall ? supabase.rpc('list_installs', { workspace_id }).throwOnError() : undefined,
      mayPublish ? supabase.rpc('list_my_listings', { workspace_id }).throwOnError() : undefined,
    ])
    if (!isLatest()) return
    await form?.read()
    if (!isLatest()) return
    // What is as it was stays, with what is open in it and being typed.
    const found = JSON.stringify([page.data, copies?.data, own?.data])
    if (found === shown) return
    shown = found
    const { listings, next } = page.data
    const installed = new Set(copies?.data.map(({ listingId }) => listingId))
    offers.show(listings.map((listing) => ({ ...listing, isInstalled: installed.has(listing.id) })))
    pages.replaceChildren(
      ...[after && 'First page', next && 'More'].flatMap((label) =>
        label
          ? [
              button(label, async () => {
                after = label === 'More' ? next : null
                await read()
              }),
            ]
          : [],
      ),
    )
    installs.replaceChildren(
      ...(copies ? [installList(supabase, workspace_id, copies.data, () => read())] : []),
    )
    mine.replaceChildren(
      ...(own?.data.map(({ name, state, version, reviewNote, submittedAt }) =>
        element(
          'p',
          {},
          [
            name,
            state.replace('_', ' '),
            version,
            submittedAt && state === 'published' && 'an update is in review',
            reviewNote,
          ]
            .filter(Boolean)
            .join(' · '),
        ),
      ) ?? []),
    )
  }

  const panel = headerPanel(
    ['Marketplace'],
    element(
      'div',
      { className: 'marketplace' },
      ...(mayInstall ? [element('strong', {}, 'Installed'), installs] : []),
      element('strong', {}, 'What others offer'),
      offers.list,
      pages,
      ...(form ? [element('strong', {}, 'What we offer'), mine, form.form] : []),
    ),
  )
  return { panel, read }
}
