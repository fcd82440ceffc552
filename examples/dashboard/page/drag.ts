import type { Layout, WidgetPosition } from '../../../types/index.ts'

const arrows: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** Lets a widget be moved by pointer or arrow keys, a cell at a time, and says where to. */
export function makeMovable(
  widget: HTMLElement,
  position: WidgetPosition,
  { rowHeight, gap }: Layout,
  moved: (position: WidgetPosition) => void,
): void {
  widget.dataset.movable = ''
  widget.tabIndex = 0
  const by = (columns: number, rows: number): WidgetPosition => ({
    ...position,
    x: Math.min(12 - position.width, Math.max(0, position.x + columns)),
    y: Math.max(0, position.y + rows),
  })
  const move = (to: WidgetPosition) => {
    if (to.x !== position.x || to.y !== position.y) moved(to)
  }

  widget.addEventListener('pointerdown', (down) => {
    const grid = widget.parentElement
    if (!grid || getComputedStyle(grid).display !== 'grid') return
    const cell = (grid.clientWidth + gap) / 12
    const distance = ({ clientX, clientY }: PointerEvent): [number, number] => [
      clientX - down.clientX,
      clientY - down.clientY,
    ]
    const follow = (event: PointerEvent) => {
      const [x, y] = distance(event)
      widget.style.translate = `${x}px ${y}px`
    }
    widget.dataset.moving = ''
    widget.setPointerCapture(down.pointerId)
    // However it ends, nothing of it is left for the next.
    const moving = new AbortController()
    const { signal } = moving
    const end = (event: PointerEvent) => {
      moving.abort()
      delete widget.dataset.moving
      widget.style.translate = ''
      if (event.type !== 'pointerup') return
      const [x, y] = distance(event)
      move(by(Math.round(x / cell), Math.round(y / (rowHeight + gap))))
    }
    widget.addEventListener('pointermove', follow, { signal })
    widget.addEventListener('pointerup', end, { signal })
    widget.addEventListener('pointercancel', end, { signal })
  })
  widget.addEventListener('keydown', ({ key }) => {
    const arrow = arrows[key]
    if (arrow) move(by(...arrow))
  })
}

/** Until no widget in an element is being moved. */
export async function whenStill(place: HTMLElement): Promise<void> {
  // The end of a move is told of at the document where the widget is gone by then.
  while (place.querySelector('[data-moving]'))
    await new Promise((ended) => document.addEventListener('lostpointercapture', ended, { once: true }))
}
