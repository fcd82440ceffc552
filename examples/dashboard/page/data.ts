import { type ComponentType, type WidgetData, widgetDataSchema } from '../../../types/index.ts'
import { contentOf } from './charts/index.ts'
import type { Client } from './client.ts'
import { latest } from './latest.ts'

/** A view on screen, whose cards are to be filled. */
export interface ShownWidgets {
  workspaceId: string
  viewId: string
  /** The type of each widget's component, by instance id. */
  types: Map<string, ComponentType>
  cards: HTMLElement
}

/** Fills the cards of the view that `show` is given, and has what is old refreshed; `told` gets what is on screen. */
export function widgetCards(supabase: Client, told: (answers: WidgetData) => void) {
  let shown: ShownWidgets | undefined
  let isRefreshing = false
  const ask = latest()
  const fill = async () => {
    if (!shown) return
    const asked = shown
    const answers = await showData(supabase, asked, ask())
    if (shown !== asked) return
    told(answers)
    // A source may take its time: nothing waits for it.
    if (Object.values(answers).some(({ meta }) => meta.stale && !meta.error))
      refreshOnce(asked).catch((error) => console.warn(error))
  }
  /** Told of by `widget:refreshed`, and read again here for where no message comes. */
  const refreshOnce = async (asked: ShownWidgets) => {
    if (isRefreshing) return
    isRefreshing = true
    try {
      await refresh(supabase, asked)
      if (shown === asked) told(await showData(supabase, asked, ask()))
    } catch (error) {
      console.warn(error)
    }
    isRefreshing = false
    // What was opened meanwhile has its turn.
    if (shown !== asked) await fill()
  }
  const show = async (widgets: ShownWidgets) => {
    shown = widgets
    // What keeps data away keeps nobody from arranging widgets.
    await fill().catch((error) => console.warn(error))
  }
  return { show, fill, typeOf: (instanceId: string) => shown?.types.get(instanceId) }
}

/** Fills the cards with what is there, unless more was asked for meanwhile. */
async function showData(supabase: Client, shown: ShownWidgets, isLatest: () => boolean): Promise<WidgetData> {
  const { workspaceId: workspace_id, viewId: view_id } = shown
  const { data } = await supabase
    .rpc('get_widget_data', { view_id, workspace_id }, { get: true })
    .throwOnError()
  const answers = widgetDataSchema.parse(data)
  if (!isLatest()) return answers
  for (const card of shown.cards.querySelectorAll<HTMLElement>('[data-instance-id]')) {
    const id = card.dataset.instanceId ?? ''
    card.querySelector('.content, .beside')?.replaceWith(contentOf(shown.types.get(id), answers[id]))
  }
  return answers
}

/** @throws what the function answers where it refuses */
async function refresh(supabase: Client, { workspaceId, viewId }: ShownWidgets): Promise<void> {
  const { error } = await supabase.functions.invoke('widget-refresh', {
    body: { view_id: viewId, workspace_id: workspaceId },
  })
  if (error) throw error
}
