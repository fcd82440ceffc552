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
      { className: 'widget' },
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

function headingOf({ widgetId, config }: Widget): string {
  return typeof config.title === 'string' ? config.title : titleOf(widgetId)
}

/** `total-revenue` as people read it. */
export function titleOf(key: string): string {
  const words = key.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
