import { type ComponentType, type WidgetData, widgetDataSchema } from '../../../types/index.ts'
import { contentOf } from './charts/index.ts'
import type { Client } from './client.ts'

/** A view on screen, whose cards are to be filled. */
export interface ShownWidgets {
  workspaceId: string
  viewId: string
  /** The type of each widget's component, by instance id. */
  types: Map<string, ComponentType>
  cards: HTMLElement
}

/** Fills the cards with what is there, unless more was asked for meanwhile. */
export async function showData(
  supabase: Client,
  shown: ShownWidgets,
  isLatest: () => boolean,
): Promise<WidgetData> {
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
export async function refresh(supabase: Client, { workspaceId, viewId }: ShownWidgets): Promise<void> {
  const { error } = await supabase.functions.invoke('widget-refresh', {
    body: { view_id: viewId, workspace_id: workspaceId },
  })
  if (error) throw error
}
