import type { Found, SearchExcerpt } from '../../../types/index.ts'
import type { Client } from './client.ts'
import { element } from './element.ts'
import { latest } from './latest.ts'

const most = 12
/** Long enough that who types fast asks once, short enough not to be waited for. */
const pauseMilliseconds = 150

const names: Record<Found['kind'], string> = {
  views: 'View',
  widgets: 'Widget',
  people: 'Person',
  components: 'Component',
  themes: 'Theme',
  conversations: 'Conversation',
  tickets: 'Ticket',
  listings: 'Marketplace',
  audit_entries: 'Audit log',
}

/** A field that finds anything in the workspace while one types, and opens the view of what is chosen. */
export function searchField(supabase: Client, workspace_id: string, openView: (id: string) => Promise<void>) {
  const field = element('input', {
    type: 'search',
    placeholder: 'Search',
    ariaLabel: 'Search',
    maxLength: 200,
  })
  const list = element('ul', { className: 'found panel', hidden: true, ariaLabel: 'Found' })
  const place = element('div', { className: 'search' }, field, list)
  const ask = latest()
  let waiting: ReturnType<typeof setTimeout> | undefined

  const close = () => {
    clearTimeout(waiting)
    ask()
    list.hidden = true
  }
  const item = (found: Found) => {
    const viewId = found.kind === 'views' ? found.id : found.kind === 'widgets' ? found.viewId : undefined
    const open = async () => {
      close()
      if (viewId) await openView(viewId)
    }
    return element(
      'li',
      {},
      element(
        'button',
        { type: 'button', disabled: viewId === undefined, onclick: open },
        element('strong', {}, found.title),
        element('span', { className: 'beside' }, besideOf(found)),
        element('span', { className: 'excerpt' }, ...partsOf(found.excerpt)),
      ),
    )
  }
  const search = async () => {
    const isLatest = ask()
    // What has no letter and no digit in it is no word.
    if (!/[\p{L}\p{N}]/u.test(field.value)) return close()
    const query = field.value
    const { data, error } = await supabase.rpc('search', { workspace_id, query, limit: most })
    if (!isLatest()) return
    list.hidden = false
    list.dataset.query = query
    if (error) list.replaceChildren(element('li', { role: 'alert' }, error.message))
    else if (data.results.length === 0) list.replaceChildren(element('li', {}, 'Nothing found.'))
    else list.replaceChildren(...data.results.map(item))
  }
  field.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(search, pauseMilliseconds)
  })
  place.addEventListener('keydown', ({ key }) => key === 'Escape' && close())
  place.addEventListener('focusout', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && place.contains(relatedTarget))) close()
  })
  return place
}

/** Text, and never HTML, whatever people call things. */
const partsOf = (excerpt: SearchExcerpt) =>
  excerpt.map(({ text, isMatch }) => (isMatch ? element('mark', {}, text) : text))

function besideOf(found: Found): string {
  const what = found.kind === 'widgets' ? (found.viewName ?? undefined) : undefined
  return [names[found.kind], what].filter((part) => part !== undefined).join(' · ')
}
