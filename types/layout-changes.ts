import type { LayoutChange } from './ai.ts'
import { type Layout, layoutSchema, type Widget } from './layout.ts'

// What a proposal of an agent makes of a layout: for the function that checks one, and for front ends that show it.

/** A layout with changes, or why they do not fit. */
export type ChangedLayout = { layout: Layout; problem: null } | { layout: null; problem: string }

/**
 * Applies the changes of a proposal, in their order. `instanceId` makes the ids of what is added.
 *
 * @example
 * const { layout: proposed, problem } = applyLayoutChanges(layout, [{ change: 'hide', instanceId: id }])
 */
export function applyLayoutChanges(
  layout: Layout,
  changes: readonly LayoutChange[],
  instanceId: () => string = () => crypto.randomUUID(),
): ChangedLayout {
  let widgets: Widget[] = layout.widgets.map((widget) => ({ ...widget }))
  for (const change of changes) {
    if (change.change === 'add') {
      const { widgetId, position, config } = change
      widgets.push({ instanceId: instanceId(), widgetId, position, visible: true, config })
      continue
    }
    const place = widgets.findIndex((widget) => widget.instanceId === change.instanceId)
    const widget = widgets[place]
    if (!widget) return { layout: null, problem: `There is no widget ${change.instanceId}.` }
    if (change.change === 'remove') widgets = widgets.toSpliced(place, 1)
    else widgets[place] = changed(widget, change)
  }
  const { data, error } = layoutSchema.safeParse({ ...layout, widgets })
  if (data) return { layout: data, problem: null }
  const [issue] = error?.issues ?? []
  return { layout: null, problem: `${issue?.path.join('.')}: ${issue?.message}` }
}

function changed(widget: Widget, change: Exclude<LayoutChange, { change: 'add' | 'remove' }>): Widget {
  switch (change.change) {
    case 'move':
      return { ...widget, position: change.position }
    case 'configure':
      return { ...widget, config: change.config }
    case 'show':
    case 'hide':
      return { ...widget, visible: change.change === 'show' }
  }
}
