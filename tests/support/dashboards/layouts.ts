import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout, Widget } from '../../../types/layout.ts'
import { type View, viewSchema } from '../../../types/view.ts'

/** The view that a new user sees, as the front end has it. */
export const contractView: View = viewSchema.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../contract/view.initial.json'), 'utf8')),
)

/** A widget that every role may have. */
export function widget(changes: Partial<Widget> = {}): Widget {
  return {
    instanceId: randomUUID(),
    widgetId: 'recent-orders',
    position: { x: 0, y: 0, width: 3, height: 2 },
    visible: true,
    config: { limit: 5 },
    ...changes,
  }
}

export function layoutOf(...widgets: Widget[]): Layout {
  return { version: 1, gridColumns: 12, rowHeight: 80, gap: 16, widgets }
}
