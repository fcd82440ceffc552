import { element } from '../element.ts'

/** What went wrong, as a sentence. */
export const sentence = (error: unknown) =>
  error instanceof Error ? error.message : String(Object(error).message)

/** A button that is out of use while it works, and says after it why something was refused. */
export function button(label: string, work: () => Promise<void>): HTMLSpanElement {
  const state = element('span', { role: 'alert' })
  const made = element('button', { type: 'button' }, label)
  made.onclick = async () => {
    made.disabled = true
    state.textContent = ''
    try {
      await work()
    } catch (error) {
      state.textContent = sentence(error)
    } finally {
      made.disabled = false
    }
  }
  return element('span', {}, made, state)
}
