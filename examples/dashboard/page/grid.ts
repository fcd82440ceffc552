import type { Layout, Widget, WidgetPosition } from '../../../types/index.ts'
import { makeMovable } from './drag.ts'
import { element } from './element.ts'

/** The widgets of a layout in its grid. Where nothing is to be done with moves, nothing moves. */
export function gridOf(layout: Layout, moved?: (widget: Widget, to: WidgetPosition) => void): HTMLElement {
  const grid = element('section', { className: 'grid', ariaLabel: 'Widgets' })
  grid.style.setProperty('--rowHeight', `${layout.rowHeight}px`)
  grid.style.setProperty('--gap', `${layout.gap}px`)
  for (const widget of layout.widgets.filter(({ visible }) => visible)) {
    const { x, y, width, height } = widget.position
    const card = element(
      'article',
      // So that it can be held while a move is being saved.
      { className: 'widget', tabIndex: -1 },
      element('h2', {}, headingOf(widget)),
      element('p', { className: 'beside' }, 'No data yet.'),
    )
    card.dataset.instanceId = widget.instanceId
    card.style.gridArea = `${y + 1} / ${x + 1} / span ${height} / span ${width}`
    if (moved) makeMovable(card, widget.position, layout, (to) => moved(widget, to))
    grid.append(card)
  }
  return grid
}

/** Shows a grid in the place of another. Who had a widget in hand by keyboard still has it. */
export function showGrid(place: HTMLElement, grid: HTMLElement): void {
  const held = place.querySelector<HTMLElement>('.widget:focus')?.dataset.instanceId
  place.replaceChildren(grid)
  if (held) grid.querySelector<HTMLElement>(`[data-instance-id="${held}"]`)?.focus({ preventScroll: true })
}

function headingOf({ widgetId, config }: Widget): string {
  return typeof config.title === 'string' ? config.title : titleOf(widgetId)
}

/** `total-revenue` as people read it. */
export function titleOf(key: string): string {
  const words = key.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
