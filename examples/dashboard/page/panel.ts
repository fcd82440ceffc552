import { element } from './element.ts'

/** A word of the header and what opens below it. One is open at a time; Escape and a click elsewhere close it. */
export function headerPanel(title: (Node | string)[], content: HTMLElement): HTMLDetailsElement {
  content.classList.add('panel')
  const panel = element(
    'details',
    { className: 'bell', name: 'header' },
    element('summary', {}, ...title),
    content,
  )
  let closing: AbortController | undefined
  panel.addEventListener('toggle', () => {
    closing?.abort()
    if (!panel.open) return
    closing = new AbortController()
    const { signal } = closing
    const close = () => {
      panel.open = false
    }
    document.addEventListener('pointerdown', (event) => event.composedPath().includes(panel) || close(), {
      signal,
    })
    document.addEventListener('keydown', ({ key }) => key === 'Escape' && close(), { signal })
  })
  return panel
}
