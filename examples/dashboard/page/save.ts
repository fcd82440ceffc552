import { type Choices, editConflictsSchema, type Layout, type StoredView } from '../../../types/index.ts'
import type { Client } from './client.ts'
import { element } from './element.ts'

/**
 * Saves a layout that began from a view. What others changed meanwhile is merged by the database; where both changed
 * the same, the person chooses, and nobody's other changes are lost.
 */
export async function saveLayout(supabase: Client, view: StoredView, layout: Layout): Promise<StoredView> {
  const save = { view_id: view.id, layout, expected_version: view.version }
  let answer = await supabase.rpc('save_layout', save)
  while (answer.error?.code === 'conflict' && answer.error.details) {
    const { version, conflicts } = editConflictsSchema.parse(JSON.parse(answer.error.details))
    const choice = await chosen(conflicts.length)
    const choices: Choices = Object.fromEntries(conflicts.map(({ key }) => [key, choice]))
    answer = await supabase.rpc('save_layout', { ...save, resolve: { version, choices } })
  }
  if (answer.error) throw answer.error
  return answer.data
}

function chosen(conflicts: number): Promise<'mine' | 'theirs'> {
  const mine = element('button', { className: 'primary', value: 'mine' }, 'Keep mine')
  const theirs = element('button', { value: 'theirs' }, 'Keep theirs')
  const what = conflicts === 1 ? 'what you changed' : `${conflicts} things that you changed`
  const dialog = element(
    'dialog',
    {},
    element('p', {}, `Somebody else has changed ${what}.`),
    element('form', { method: 'dialog' }, mine, theirs),
  )
  document.body.append(dialog)
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue === 'mine' ? 'mine' : 'theirs')
    })
  })
}
