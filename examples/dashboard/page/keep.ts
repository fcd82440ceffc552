/** Shows nodes in a place. What stays there is not moved: whoever types in it would lose their place. */
export function showIn(place: HTMLElement, nodes: Node[]): void {
  for (const child of Array.from(place.childNodes)) if (!nodes.includes(child)) child.remove()
  for (const [index, node] of nodes.entries()) {
    const there = place.childNodes[index] ?? null
    if (there !== node) place.insertBefore(node, there)
  }
}

/** Makes elements of things. Of what is as it was it gives the one of before, with what is being typed in it. */
export function keeping<Thing>(make: (thing: Thing) => HTMLElement): (things: Thing[]) => HTMLElement[] {
  let before = new Map<string, HTMLElement>()
  return (things) => {
    before = new Map(
      things.map((thing) => {
        const key = JSON.stringify(thing)
        return [key, before.get(key) ?? make(thing)]
      }),
    )
    return [...before.values()]
  }
}
