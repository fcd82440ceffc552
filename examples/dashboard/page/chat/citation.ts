import { keptWidgetDataSchema, type MessagePart } from '../../../../types/index.ts'
import { element } from '../element.ts'
import type { Surroundings } from './surroundings.ts'

type Citation = Extract<MessagePart, { type: 'citation' }>

/** A source of an answer: it opens the data as it was, whatever the widget shows by now. */
export function citation(
  { title, hash, fetchedAt }: Citation,
  { supabase, workspaceId }: Surroundings,
): HTMLElement {
  const open = async () => {
    const { data, error } = await supabase.rpc('get_kept_widget_data', { workspace_id: workspaceId, hash })
    const shown = error ? error.message : JSON.stringify(keptWidgetDataSchema.parse(data).data, null, 2)
    const close = element('form', { method: 'dialog' }, element('button', { className: 'primary' }, 'Close'))
    const heading = `${title}, ${new Date(fetchedAt).toLocaleString()}`
    const dialog = element(
      'dialog',
      { className: 'cited' },
      element('h2', {}, heading),
      element('pre', {}, shown),
      close,
    )
    dialog.addEventListener('close', () => dialog.remove())
    document.body.append(dialog)
    dialog.showModal()
  }
  return element('button', { className: 'citation', onclick: open }, title.replaceAll('-', ' '))
}
