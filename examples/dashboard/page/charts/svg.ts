const namespace = 'http://www.w3.org/2000/svg'

/** Makes an element of a drawing. */
export function shape(
  tag: string,
  attributes: Record<string, string | number>,
  ...children: (Node | string)[]
): SVGElement {
  const made = document.createElementNS(namespace, tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value))
  made.append(...children)
  return made
}

/** A drawing that fills its card; what it shows stands in its title. */
export function drawing(title: string, width: number, height: number, ...shapes: Node[]): SVGElement {
  return shape(
    'svg',
    {
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-label': title,
      class: 'chart',
      preserveAspectRatio: 'none',
    },
    ...shapes,
  )
}

/** The colors that a theme has for series and slices, in their order. */
export const colorOf = (index: number) => `var(--chart${(index % 5) + 1})`
