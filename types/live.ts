import type { RealtimeChannel, SupabaseClient } from '@supabase/supabase-js'
import { dashboardUpdatedSchema, type Presence, presenceSchema, widgetRefreshedSchema } from './events.ts'
import type { WidgetData } from './widget-data.ts'

// Live updates for a front end: what became stale, who is here. The long way by hand stands in docs/realtime.md.

/** What is to be read again; `everything` after a connection was lost, or a device slept. */
export type Stale =
  | {
      kind:
        | 'everything'
        | 'session'
        | 'workspace'
        | 'members'
        | 'themes'
        | 'preferences'
        | 'notifications'
        | 'tickets'
        | 'marketplace'
        | 'conversations'
    }
  | { kind: 'view'; id: string }
  /** The data of widgets that `showData` was given: `get_widget_data` has newer. */
  | { kind: 'widgets' }

export interface LiveOptions {
  workspaceId: string
  userId: string
  /**
   * Reads again what became stale. It is called with all that came meanwhile once its promise is settled; what it could
   * not read, because it threw, stays stale, and comes again within a minute.
   */
  onStale(stale: Stale[]): Promise<void>
  /** Everybody who says that they are in the workspace, once each: of several tabs the one at the view on screen. */
  onPresence?(people: Presence[]): void
  /** Why a channel is not joined, or what was thrown while something was read. */
  onError?(error: unknown): void
  /** `document` in a browser: who comes back to a tab sees at once what happened, and a hidden one watches nothing. */
  page?: Pick<EventTarget, 'addEventListener' | 'removeEventListener'> & { readonly hidden: boolean }
}

export interface Live {
  /** Says which version of a view is on screen, null for none: what one has is not stale, and nobody asks for it. */
  show(view: Version | null): void
  /** Says what data is on screen: it is told of when it is refreshed, and counted for the cache's report. */
  showData(data: WidgetData): void
  /** Ends it. It happens by itself when that person signs out, or another signs in with the same client. */
  leave(): Promise<void>
}

type Version = { id: string; version: number }

const minute = 60_000
/** A burst of messages is one read. */
const burst = 20
/** A channel that the server closes, as when its token has ended, is joined anew after so long. */
const reopenAfter = 2_000
/** Supabase closes the channel of who says more than five times in half a minute where they are. */
const presenceCalls = { most: 4, within: minute / 2 }

/** What is stale after each event that names no view. */
const staleAfter = new Map<string, Exclude<Stale['kind'], 'view' | 'widgets'>>([
  ['theme:updated', 'themes'],
  ['workspace:updated', 'workspace'],
  ['member:changed', 'members'],
  ['session:changed', 'session'],
  ['preferences:updated', 'preferences'],
  ['notification:new', 'notifications'],
  ['ticket:updated', 'tickets'],
  ['install:changed', 'marketplace'],
  ['listing:changed', 'marketplace'],
  ['conversation:updated', 'conversations'],
])

/** Who leaves and joins again waits for the first, as the library gives the same channel to both. */
const leaving = new WeakMap<SupabaseClient, Promise<unknown>>()

/**
 * Joins the channels of a workspace and of whoever is signed in, until `leave` is called. A client is in one workspace
 * at a time.
 *
 * @example
 * const live = joinLive(supabase, { workspaceId, userId, onStale: async (stale) => reload(stale) })
 * live.show({ id: read.id, version: read.version })
 */
export function joinLive(supabase: SupabaseClient, options: LiveOptions): Live {
  const { workspaceId, userId, onPresence = () => {}, onError = () => {}, page } = options
  const workspaceTopic = `workspace:${workspaceId}`
  const channels = new Map<string, RealtimeChannel>()
  let shown: Version | null = null
  let hasLeft = false
  let hasMissed = false
  let lastTick = Date.now()
  const reads = widgetReads()

  const isNeeded = ({ id, version }: Version) => !hasLeft && !(shown?.id === id && shown.version >= version)
  const reader = readerOf(options.onStale, isNeeded, onError)
  /** The latest version of each view that was heard of, or shown. */
  const versions = new Map<string, number>()
  const heardOfView = (id: string, version: number) => {
    versions.set(id, Math.max(version, versions.get(id) ?? 0))
    reader.mark({ kind: 'view', id }, versions.get(id))
  }
  const sayWhere = paced(presenceCalls, () => {
    const channel = channels.get(workspaceTopic)
    if (channel?.state === 'joined') void channel.track({ userId, viewId: shown?.id ?? null })
  })
  const hear = (event: string, payload: unknown) => {
    const kind = staleAfter.get(event)
    if (kind) return reader.mark({ kind })
    if (event === 'widget:refreshed') {
      const { data } = widgetRefreshedSchema.safeParse(payload)
      return reads.concern(data?.questions ?? null) ? reader.mark({ kind: 'widgets' }) : undefined
    }
    if (event !== 'dashboard:updated') return
    const { data } = dashboardUpdatedSchema.safeParse(payload)
    if (!data) reader.mark({ kind: 'everything' })
    else if (data.change === 'changed') heardOfView(data.viewId, data.version)
    else reader.mark({ kind: 'view', id: data.viewId })
  }

  const enter = async (topic: string) => {
    await leaving.get(supabase)
    await supabase.realtime.setAuth()
    if (hasLeft) return
    const isShared = topic === workspaceTopic
    const config = { private: true, ...(isShared && { presence: { key: userId } }) }
    const channel = supabase.channel(topic, { config })
    channels.set(topic, channel)
    if (isShared)
      channel.on('presence', { event: 'sync' }, () => {
        const said = Object.values(channel.presenceState()).flat()
        const people = new Map<string, Presence>()
        for (const one of said.flatMap((each) => presenceSchema.safeParse(each).data ?? []))
          if (!people.has(one.userId) || one.viewId === shown?.id) people.set(one.userId, one)
        onPresence([...people.values()])
      })
    channel.on('broadcast', { event: '*' }, ({ event, payload }) => hear(event, payload))
    channel.subscribe((status, error) => {
      if (error) onError(error)
      if (status === 'CLOSED' && !hasLeft) setTimeout(() => enter(topic).catch(onError), reopenAfter)
      if (status === 'SUBSCRIBED') {
        hasMissed = true
        if (isShared) sayWhere.anew()
      }
      // Also after every reconnection: what was said meanwhile nobody says again. Once for channels that join together,
      // and not for one alone that the server is slow to answer or refuses.
      if (!hasMissed || [...channels.values()].some(({ state }) => state === 'joining')) return
      hasMissed = false
      reader.mark({ kind: 'everything' })
    })
  }

  const report = async () => {
    const counted = reads.counted()
    if (!counted) return
    const { error } = await supabase.rpc('report_widget_reads', { workspace_id: workspaceId, ...counted })
    if (error) onError(error)
  }
  const tick = async () => {
    if (hasLeft) return
    await report()
    const hasSlept = Date.now() - lastTick > 1.5 * minute
    lastTick = Date.now()
    if (hasSlept) reader.mark({ kind: 'everything' })
    reader.readOn()
    if (!shown || page?.hidden) return
    const { id } = shown
    const { data, error } = await supabase.rpc('watch_view', { view_id: id })
    if (error) reader.mark({ kind: 'view', id })
    else heardOfView(id, Number(data?.version))
  }
  const wake = () => void tick().catch(onError)
  const timer = setInterval(wake, minute)
  page?.addEventListener('visibilitychange', wake)
  for (const topic of [workspaceTopic, `user:${userId}`]) enter(topic).catch(onError)

  let left: Promise<unknown> | undefined
  // Once: later the same topics may be joined anew, and the library takes channels out by their topic.
  const leave = async () => {
    if (!left) {
      hasLeft = true
      clearInterval(timer)
      sayWhere.stop()
      unwatch()
      page?.removeEventListener('visibilitychange', wake)
      left = Promise.all([...channels.values()].map((channel) => supabase.removeChannel(channel)))
      leaving.set(supabase, left)
    }
    await left
  }
  const unwatch = onOtherPerson(supabase, userId, () => leave().catch(onError))

  return {
    show(view) {
      const isOther = view?.id !== shown?.id
      shown = view
      // What was read before a save may come after it.
      if (view) heardOfView(view.id, view.version)
      if (!isOther) return
      sayWhere()
      wake()
    },
    showData: reads.show,
    leave,
  }
}

/** Says when somebody signs out, or another signs in: the server would have them hear until their token ends. */
function onOtherPerson(supabase: SupabaseClient, userId: string, act: () => void): () => void {
  // A client that is given its tokens has no sign-in, and throws where it is asked for one.
  if (!('onAuthStateChange' in supabase.auth)) return () => {}
  const { data } = supabase.auth.onAuthStateChange((event, session) => {
    // At first nobody may be signed in because a token could not be renewed, as without a network.
    if (event !== 'INITIAL_SESSION' && session?.user.id !== userId) act()
  })
  return () => data.subscription.unsubscribe()
}

/** Has what became stale read: one read at a time, and what could not be read again with what comes next. */
function readerOf(
  onStale: LiveOptions['onStale'],
  isNeeded: (version: Version) => boolean,
  onError: (error: unknown) => void,
) {
  /** By id, or kind, with the version that it leads to. */
  const waiting = new Map<string, { what: Stale; version: number }>()
  let isReading = false
  const add = (id: string, what: Stale, version: number) =>
    waiting.set(id, { what, version: Math.max(version, waiting.get(id)?.version ?? 0) })
  const readAll = async () => {
    if (isReading) return
    isReading = true
    try {
      while (waiting.size > 0) {
        await new Promise((resolve) => setTimeout(resolve, burst))
        const needed = [...waiting].filter(([id, { version }]) => isNeeded({ id, version }))
        waiting.clear()
        if (needed.length === 0) continue
        try {
          await onStale(needed.map(([, { what }]) => what))
        } catch (error) {
          onError(error)
          const cameMeanwhile = waiting.size > 0
          for (const [id, { what, version }] of needed) add(id, what, version)
          if (!cameMeanwhile) return
        }
      }
    } finally {
      isReading = false
    }
  }
  return {
    mark(what: Stale, version = Number.POSITIVE_INFINITY) {
      add('id' in what ? what.id : what.kind, what, version)
      void readAll()
    },
    readOn: () => void readAll(),
  }
}

/** Knows what data is on screen, and counts how much of it came out of the cache, and how fresh it was. */
function widgetReads() {
  let questions = new Set<string>()
  let counts = { hits: 0, stale: 0, misses: 0 }
  return {
    show(data: WidgetData) {
      questions = new Set()
      for (const { data: content, meta } of Object.values(data)) {
        if (meta.question === null) continue
        questions.add(meta.question)
        counts[content === null ? 'misses' : meta.stale ? 'stale' : 'hits'] += 1
      }
    },
    /** Whether answers to these questions, null for all, are on screen. */
    concern: (refreshed: string[] | null) => refreshed?.some((question) => questions.has(question)) ?? true,
    /** What was counted since it was asked last; undefined for nothing. */
    counted() {
      const counted = counts
      counts = { hits: 0, stale: 0, misses: 0 }
      return counted.hits + counted.stale + counted.misses > 0 ? counted : undefined
    },
  }
}

/** Does something at once or, where it was done too often, a little later and once for all who asked meanwhile. */
function paced({ most, within }: { most: number; within: number }, work: () => void) {
  let done: number[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const ask = () => {
    clearTimeout(timer)
    const next = (done.at(-most) ?? 0) + within
    timer = setTimeout(
      () => {
        done = [...done.slice(1 - most), Date.now()]
        work()
      },
      Math.max(0, next - Date.now()),
    )
  }
  const anew = () => {
    done = []
    ask()
  }
  return Object.assign(ask, { anew, stop: () => clearTimeout(timer) })
}
