import { type Choices, editConflictsSchema, type Layout, type StoredView } from '../../../types/index.ts'
import type { Client } from './client.ts'
import { openDialog } from './dialog.ts'
import { element } from './element.ts'

/**
 * Saves a layout that began from a view. What others changed meanwhile is merged by the database; where both changed
 * the same, the person chooses on the page of `place`, and nobody's other changes are lost.
 */
export async function saveLayout(
  supabase: Client,
  view: StoredView,
  layout: Layout,
  place: HTMLElement,
): Promise<StoredView> {
  const save = { view_id: view.id, layout, expected_version: view.version }
  let answer = await supabase.rpc('save_layout', save)
  while (answer.error?.code === 'conflict' && answer.error.details) {
    const { version, conflicts } = editConflictsSchema.parse(JSON.parse(answer.error.details))
    const choice = await chosen(conflicts.length, place)
    const choices: Choices = Object.fromEntries(conflicts.map(({ key }) => [key, choice]))
    answer = await supabase.rpc('save_layout', { ...save, resolve: { version, choices } })
  }
  if (answer.error) throw answer.error
  return answer.data
}

/** Where the page goes, nothing is chosen any more, and nothing saved in the name of whoever comes next. */
function chosen(conflicts: number, place: HTMLElement): Promise<'mine' | 'theirs'> {
  const mine = element('button', { className: 'primary', value: 'mine' }, 'Keep mine')
  const theirs = element('button', { value: 'theirs' }, 'Keep theirs')
  const what = conflicts === 1 ? 'what you changed' : `${conflicts} things that you changed`
  const dialog = element(
    'dialog',
    {},
    element('p', {}, `Somebody else has changed ${what}.`),
    element('form', { method: 'dialog' }, mine, theirs),
  )
  openDialog(dialog, place)
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'mine' ? 'mine' : 'theirs'))
  })
}
