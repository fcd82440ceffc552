import { createTracker, type Layout, type Presence, type Session } from '../../../types/index.ts'
import { joinLive } from '../../../types/live.ts'
import { analyticsPanel } from './analytics/index.ts'
import { billingPanel } from './billing/panel.ts'
import { chatPanel } from './chat/index.ts'
import { type Client, pageFetch } from './client.ts'
import { sentence } from './controls.ts'
import { widgetCards } from './data.ts'
import { whenStill } from './drag.ts'
import { element } from './element.ts'
import { gridOf, showGrid } from './grid.ts'
import { integrationsPanel } from './integrations.ts'
import { latest } from './latest.ts'
import { marketplacePanel } from './marketplace/index.ts'
import { notificationBell } from './notifications.ts'
import { peopleList } from './people.ts'
import { saveLayout } from './save.ts'
import { searchField } from './search.ts'
import { supportPanel } from './support.ts'
import { applyTheme } from './theme.ts'

/**
 * Shows a workspace of whoever is signed in, and keeps it up to date until what it returns is called. `reopen` is
 * called once the person is no longer in it, or may do other things there.
 */
export async function openWorkspace(
  supabase: Client,
  page: HTMLElement,
  reopen: () => void,
): Promise<() => Promise<void>> {
  const { data: session } = await supabase.rpc('session_context').throwOnError()
  const workspace = session.workspaces.find(({ status }) => status === 'active')
  const signOut = element('button', { onclick: () => supabase.auth.signOut({ scope: 'local' }) }, 'Sign out')
  if (!workspace) {
    page.replaceChildren(element('p', {}, 'You are in no workspace.'), signOut)
    return async () => {}
  }
  const workspace_id = workspace.id
  const isAsBefore = async () => {
    const { data } = await supabase.rpc('session_context').throwOnError()
    return rightsIn(data, workspace_id) === rightsIn(session, workspace_id)
  }
  const views = element('select', { ariaLabel: 'View' })
  const state = element('p', { role: 'status' })
  const place = element('div')
  const { list, show } = peopleList(supabase, workspace_id)
  const { bell, read: readNotifications } = notificationBell(supabase)
  let shown = ''
  // What somebody chose, which may still be on its way: reading again reads this, never what it is to replace.
  let chosen = ''
  const tracker = createTracker(supabase, workspace_id, { page: pageFetch })
  document.addEventListener('visibilitychange', tracker.leave)
  // Before the session goes, in whose name it is told.
  signOut.addEventListener('click', tracker.leave, { capture: true })
  const chat = chatPanel({
    supabase,
    workspaceId: workspace_id,
    viewId: () => shown,
    typeOf: (instanceId) => cards.typeOf(instanceId),
    changed: () => read(),
    seesCosts: workspace.permissions.includes('billing.manage'),
  })
  const billing = workspace.permissions.includes('billing.manage')
    ? billingPanel(supabase, workspace_id)
    : undefined
  /** What keeps it away keeps nobody from their dashboard. */
  const readBilling = async () => billing?.read().catch((error) => console.warn(error))
  const analytics = analyticsPanel({
    supabase,
    workspaceId: workspace_id,
    mayRead: workspace.permissions.includes('analytics.read'),
    open: (view_id) => open(view_id),
  })
  analytics.panel.addEventListener('toggle', () => {
    if (!analytics.panel.open) return
    tracker.used('analytics_opened')
    analytics.read().catch((error) => console.warn(error))
  })
  const { panel: support, read: readTickets } = supportPanel(
    supabase,
    workspace_id,
    workspace.permissions.includes('support.create'),
  )
  const { panel: marketplace, read: readMarketplace } = marketplacePanel(
    supabase,
    workspace_id,
    workspace.permissions,
  )
  page.replaceChildren(
    element(
      'header',
      {},
      element('strong', {}, workspace.name),
      views,
      searchField(supabase, workspace_id, (view_id) => open(view_id)),
      state,
      list,
      ...(billing ? [billing.panel] : []),
      ...(workspace.permissions.includes('integrations.manage')
        ? [integrationsPanel(supabase, workspace_id, workspace.permissions)]
        : []),
      analytics.panel,
      marketplace,
      support,
      bell,
      signOut,
    ),
    place,
    chat.panel,
  )

  const cards = widgetCards(supabase, (answers) => live.showData(answers))
  let present: Presence[] = []
  const showPeople = () => show(present, shown)
  // What a later read, or a save, is about to replace is not shown any more.
  const ask = latest()
  const read = async () => {
    const view_id = chosen
    const isLatest = ask()
    const begun = performance.now()
    const [dashboard, listed] = await Promise.all([
      supabase.rpc('get_dashboard', { workspace_id, ...(view_id && { view_id }) }).throwOnError(),
      supabase.rpc('list_views', { workspace_id }).throwOnError(),
    ])
    // A widget that is being moved is not taken out of somebody's hand.
    await whenStill(place)
    // Where another was chosen meanwhile, that is what is on its way, or was refused.
    if (!isLatest() || chosen !== view_id) return
    const { view, components } = dashboard.data
    if (view.id && view.id !== shown) {
      tracker.opened(view.id)
      tracker.timed('view_load', performance.now() - begun)
    }
    shown = chosen = view.id ?? ''
    applyTheme(dashboard.data)
    views.replaceChildren(
      ...listed.data.map(({ id, name }) => element('option', { value: id, selected: id === view.id }, name)),
    )
    const typeOf = new Map(components.map(({ id, type }) => [id, type]))
    const types = new Map(
      view.layout.widgets.flatMap(({ instanceId, widgetId }) => {
        const type = typeOf.get(widgetId)
        return type ? [[instanceId, type] as const] : []
      }),
    )
    const widgets = { workspaceId: workspace_id, viewId: shown, types, cards: place }
    if (!('version' in view)) {
      showGrid(place, gridOf(view.layout))
      return cards.show(widgets)
    }
    live.show({ id: view.id, version: view.version })
    const save = async (layout: Layout) => {
      ask()
      showGrid(place, gridOf(layout))
      state.textContent = 'Saving …'
      try {
        const saved = await saveLayout(supabase, view, layout, place)
        live.show({ id: saved.id, version: saved.version })
        tracker.used('dashboard_edited', { viewId: view.id })
        state.textContent = 'Saved.'
      } catch (error) {
        state.textContent = sentence(error)
        tracker.failed('save_failed', { viewId: view.id })
      }
      await read()
    }
    const mayMove = view.access === 'edit' || view.access === 'manage'
    showGrid(
      place,
      gridOf(
        view.layout,
        mayMove
          ? (moved, position) =>
              save({
                ...view.layout,
                widgets: view.layout.widgets.map((one) => (one === moved ? { ...one, position } : one)),
              })
          : undefined,
      ),
    )
    await cards.show(widgets)
  }
  /** Where the view is gone, the one that is theirs by now takes its place. */
  const readAgain = async () => {
    const view_id = chosen
    await read().catch(async (error) => {
      if (error.code !== 'not_found' || chosen !== view_id) throw error
      chosen = ''
      await read()
    })
  }
  /** Shows a view once it is kept as theirs, where it is to be, unless another is chosen meanwhile. */
  const open = async (view_id: string, keep?: () => PromiseLike<unknown>) => {
    chosen = view_id
    state.textContent = ''
    try {
      await keep?.()
      if (chosen !== view_id) return
      await read()
      await showPeople()
    } catch (error) {
      if (chosen !== view_id) return
      chosen = views.value = shown
      state.textContent = sentence(error)
      // What became stale meanwhile was asked of the other.
      await read().catch((error) => console.warn(error))
    }
  }

  const live = joinLive(supabase, {
    workspaceId: workspace_id,
    userId: session.user.id,
    page: document,
    async onStale(stale) {
      const kinds = new Set(stale.map(({ kind }) => kind))
      if ((kinds.has('session') || kinds.has('everything')) && !(await isAsBefore())) return reopen()
      const areTickets = kinds.delete('tickets')
      const isMarket = kinds.delete('marketplace')
      const isNews = kinds.delete('notifications')
      // The chat has no list of them, and hears its own answers by themselves.
      kinds.delete('conversations')
      const isData = kinds.delete('widgets')
      // A page this small reads all of it again, whatever else became stale.
      const isRest = kinds.size > 0
      await Promise.all([
        (isNews || isRest) && readNotifications(),
        isRest && readBilling(),
        (areTickets || isRest) && readTickets(),
        (isMarket || isRest) && readMarketplace(),
        isRest ? readAgain() : isData && cards.fill(),
      ])
    },
    async onPresence(people) {
      present = people
      await showPeople()
    },
    onError: (error) => console.error(error),
  })
  views.addEventListener('change', () => {
    const view_id = views.value
    return open(view_id, () => supabase.rpc('activate_view', { workspace_id, view_id }).throwOnError())
  })
  const close = async () => {
    document.removeEventListener('visibilitychange', tracker.leave)
    tracker.stop()
    await live.leave()
  }
  try {
    await Promise.all([read(), readNotifications(), readBilling(), readTickets(), readMarketplace()])
  } catch (error) {
    await close()
    if (await isAsBefore()) throw error
    reopen()
    return close
  }
  // Who may not ask has everything else.
  chat.open().catch((error) => console.warn(error))
  return close
}

/** What somebody may do in a workspace, to be compared; undefined where they are not in it. */
function rightsIn({ workspaces }: Session, workspaceId: string): string | undefined {
  const found = workspaces.find(({ id, status }) => id === workspaceId && status === 'active')
  return found && JSON.stringify([found.role, found.permissions])
}
