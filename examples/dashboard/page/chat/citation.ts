import type { MessagePart } from '../../../../types/index.ts'
import { dateTime } from '../charts/format.ts'
import { drawingOf, typeOfData } from '../charts/index.ts'
import { openDialog } from '../dialog.ts'
import { element } from '../element.ts'
import { titleOf } from '../grid.ts'
import type { Surroundings } from './surroundings.ts'

type Citation = Extract<MessagePart, { type: 'citation' }>

/** A source of an answer: it opens the data as it was, whatever the widget shows by now. */
export function citation(
  { title, hash, fetchedAt, instanceId }: Citation,
  { supabase, workspaceId, typeOf }: Surroundings,
): HTMLElement {
  const shown = async () => {
    const { data, error } = await supabase.rpc('get_kept_widget_data', { workspace_id: workspaceId, hash })
    if (error) return element('p', { role: 'alert' }, error.message)
    return element(
      'div',
      { className: 'content' },
      drawingOf(typeOf(instanceId) ?? typeOfData(data.data), data.data),
    )
  }
  const open = async () => {
    const dialog = element(
      'dialog',
      { className: 'cited' },
      element('h2', {}, titleOf(title)),
      element('p', { className: 'beside' }, `As it was on ${dateTime(fetchedAt)}`),
      await shown(),
      element('form', { method: 'dialog' }, element('button', { className: 'primary' }, 'Close')),
    )
    openDialog(dialog, source)
  }
  const source = element('button', { className: 'citation', onclick: open }, titleOf(title))
  return source
}
