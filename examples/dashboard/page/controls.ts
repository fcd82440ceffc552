import { element } from './element.ts'

/** What went wrong, as a sentence. */
export const sentence = (error: unknown) =>
  error instanceof Error ? error.message : String(Object(error).message)

/** Does something, with a part of the page out of use meanwhile, and says in another why it was not done. */
export async function attemptIn(
  problem: HTMLElement,
  work: () => Promise<void>,
  busy?: HTMLElement,
): Promise<void> {
  problem.textContent = ''
  busy?.toggleAttribute('inert', true)
  try {
    await work()
  } catch (error) {
    problem.textContent = sentence(error)
  } finally {
    busy?.toggleAttribute('inert', false)
  }
}

/** A button that is out of use while it works, and says after it why something was refused. */
export function button(label: string, work: () => Promise<void>): HTMLSpanElement {
  const state = element('span', { role: 'alert' })
  const made = element('button', { type: 'button' }, label)
  made.onclick = () => attemptIn(state, work, made)
  return element('span', {}, made, state)
}

/** A form that is out of use while it is sent, says why something was refused, and keeps what was typed. */
export function form(label: string, fields: HTMLElement[], send: () => Promise<void>): HTMLFormElement {
  const state = element('p', { role: 'alert' })
  const made = element('form', {}, ...fields, element('button', { className: 'primary' }, label), state)
  made.onsubmit = (event) => {
    event.preventDefault()
    return attemptIn(state, send, made)
  }
  return made
}
