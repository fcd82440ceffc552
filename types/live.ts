import type { SupabaseClient } from '@supabase/supabase-js'
import { eventSchemas, type Presence, presenceSchema } from './events.ts'
import type { WidgetData } from './widget-data.ts'

// Live updates for a front end: what became stale, who is here. The long way by hand stands in docs/realtime.md.

/** What is to be read again; `everything` after a connection was lost, or a device slept. */
export type Stale =
  | { kind: 'everything' | 'session' | 'workspace' | 'members' | 'themes' | 'preferences' | 'notifications' }
  | { kind: 'view'; id: string }
  /** The data of widgets that `showData` was given: `get_widget_data` has newer. */
  | { kind: 'widgets' }

export interface LiveOptions {
  workspaceId: string
  userId: string
  /** Reads again what became stale. It is called with all that came meanwhile once its promise is settled. */
  onStale(stale: Stale[]): Promise<void>
  /** Everybody who says that they are in the workspace, once each. */
  onPresence?(people: Presence[]): void
  /** Why a channel is not joined, or what was thrown while something was read. */
  onError?(error: unknown): void
  /** `document` in a browser: who comes back to a tab sees at once what happened. */
  page?: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>
}

export interface Live {
  /** Says which version of a view is on screen, null for none: what one has is not stale, and nobody asks for it. */
  show(view: { id: string; version: number } | null): void
  /** Says what data is on screen: it is told of when it is refreshed, and counted for the cache's report. */
  showData(data: WidgetData): void
  leave(): Promise<void>
}

const minute = 60_000
/** What is stale after each event that names no view. */
const staleAfter = new Map<string, Exclude<Stale['kind'], 'view' | 'widgets'>>([
  ['theme:updated', 'themes'],
  ['workspace:updated', 'workspace'],
  ['member:changed', 'members'],
  ['session:changed', 'session'],
  ['preferences:updated', 'preferences'],
  ['notification:new', 'notifications'],
])

/**
 * Joins the channels of a workspace and of whoever is signed in, until `leave` is called.
 *
 * @example
 * const live = joinLive(supabase, { workspaceId, userId, onStale: async (stale) => reload(stale) })
 * live.show({ id: read.id, version: read.version })
 */
export function joinLive(supabase: SupabaseClient, options: LiveOptions): Live {
  const { workspaceId, userId, onStale, onPresence, onError = () => {}, page } = options
  const stale = new Map<string, Stale>()
  let shown: { id: string; version: number } | null = null
  let isReading = false
  let lastTick = Date.now()
  let questions = new Set<string>()
  let reads = { hits: 0, stale: 0, misses: 0 }

  const mark = async (what: Stale) => {
    stale.set('id' in what ? what.id : what.kind, what)
    if (isReading) return
    isReading = true
    // A burst is one read.
    await new Promise((resolve) => setTimeout(resolve, 20))
    while (stale.size > 0) {
      const all = [...stale.values()]
      stale.clear()
      await onStale(all).catch(onError)
    }
    isReading = false
  }
  const heardOfView = (id: string, version: number) => {
    if (shown?.id !== id || shown.version < version) void mark({ kind: 'view', id })
  }
  const hear = (event: string, payload: unknown) => {
    if (event === 'dashboard:updated') {
      const { viewId, version, change } = eventSchemas[event].parse(payload)
      return change === 'changed' ? heardOfView(viewId, version) : void mark({ kind: 'view', id: viewId })
    }
    if (event === 'widget:refreshed') {
      const { questions: refreshed } = eventSchemas[event].parse(payload)
      if (refreshed?.some((question) => questions.has(question)) ?? true) void mark({ kind: 'widgets' })
      return
    }
    const kind = staleAfter.get(event)
    if (kind) void mark({ kind })
  }

  const listen = (topic: string, presence?: { key: string }) =>
    supabase
      .channel(topic, { config: { private: true, ...(presence && { presence }) } })
      .on('broadcast', { event: '*' }, ({ event, payload }) => hear(event, payload))
  const workspace = listen(`workspace:${workspaceId}`, { key: userId })
  const channels = [workspace, listen(`user:${userId}`)]
  const tell = () => {
    if (workspace.state === 'joined') void workspace.track({ userId, viewId: shown?.id ?? null })
  }
  workspace.on('presence', { event: 'sync' }, () => {
    const said = Object.values(workspace.presenceState()).flatMap((metas) => metas.slice(0, 1))
    onPresence?.(said.flatMap((one) => presenceSchema.safeParse(one).data ?? []))
  })

  const report = async () => {
    if (reads.hits + reads.stale + reads.misses === 0) return
    const counted = reads
    reads = { hits: 0, stale: 0, misses: 0 }
    const { error } = await supabase.rpc('report_widget_reads', { workspace_id: workspaceId, ...counted })
    if (error) onError(error)
  }
  const tick = async () => {
    await report()
    const slept = Date.now() - lastTick > 1.5 * minute
    lastTick = Date.now()
    if (slept) void mark({ kind: 'everything' })
    if (!shown) return
    const { id } = shown
    const { data, error } = await supabase.rpc('watch_view', { view_id: id })
    if (error) void mark({ kind: 'view', id })
    else heardOfView(id, Number(data?.version))
  }
  const timer = setInterval(() => tick().catch(onError), minute)
  const wake = () => void tick().catch(onError)
  page?.addEventListener('visibilitychange', wake)

  void supabase.realtime.setAuth().then(() => {
    for (const channel of channels)
      channel.subscribe((status, error) => {
        // Also after every reconnection: what was said meanwhile nobody says again.
        if (status === 'SUBSCRIBED') {
          void mark({ kind: 'everything' })
          if (channel === workspace) tell()
        }
        if (error) onError(error)
      })
  }, onError)

  return {
    show(view) {
      const isOther = view?.id !== shown?.id
      shown = view
      if (!isOther) return
      tell()
      wake()
    },
    showData(data) {
      const shownData = Object.values(data).filter(({ meta }) => meta.question !== null)
      questions = new Set(shownData.map(({ meta }) => meta.question ?? ''))
      for (const { data: content, meta } of shownData)
        reads[content === null ? 'misses' : meta.stale ? 'stale' : 'hits']++
    },
    async leave() {
      clearInterval(timer)
      page?.removeEventListener('visibilitychange', wake)
      await Promise.all(channels.map((channel) => supabase.removeChannel(channel)))
    },
  }
}
