import * as z from 'zod'
import { choicesSchema, type EditConflict, editConflictSchema, type WidgetPart } from './conflict.ts'
import { type Layout, layoutSchema, type Widget } from './layout.ts'

// Two people's layouts into one, as the database does it when one is saved (private.merge_decisions), for front ends
// that show what a save would come to.

/**
 * What `mergeLayouts` takes.
 *
 * @example
 * const { merged } = mergeLayouts(layoutMergeSchema.parse({ base: null, theirs: layout, mine: edited }))
 */
export const layoutMergeSchema = z.strictObject({
  /** The layout that the person began from; null where it is not kept any more. */
  base: layoutSchema.nullable(),
  /** The layout that stands. */
  theirs: layoutSchema,
  /** The layout that the person would have. */
  mine: layoutSchema,
  /** Whose side is to stand, by the key of a conflict. */
  choices: choicesSchema.optional(),
})

/**
 * What `mergeLayouts` gives.
 *
 * @example
 * const { conflicts } = mergedLayoutSchema.parse(mergeLayouts({ base: layout, theirs: layout, mine: edited }))
 */
export const mergedLayoutSchema = z.strictObject({
  /** Both sides brought together, with theirs wherever there is a conflict. */
  merged: layoutSchema,
  conflicts: z.array(editConflictSchema),
})

export type LayoutMerge = z.infer<typeof layoutMergeSchema>
export type MergedLayout = z.infer<typeof mergedLayoutSchema>

type Verdict = 'mine' | 'theirs' | 'conflict'
/** What may be anything, a part or a whole widget, and null where it is not there. */
type State = unknown

const settings = ['rowHeight', 'gap'] as const
const parts = ['position', 'visible', 'content'] as const

/**
 * Brings two layouts together that began from one. Of each widget, position, visibility and content are compared each
 * for itself: what one side changed is taken from that side, and what both changed differently is a conflict.
 *
 * @example
 * const { data: now } = await supabase.rpc('get_view', { view_id }).throwOnError()
 * const { merged, conflicts } = mergeLayouts({ base: read.layout, theirs: now.layout, mine: edited })
 * if (conflicts.length === 0) show(merged)
 * else ask(conflicts) // and merge again with choices: { [conflict.key]: 'mine' | 'theirs' }
 */
export function mergeLayouts({ base, theirs, mine, choices = {} }: LayoutMerge): MergedLayout {
  const conflicts: EditConflict[] = []
  const decide = (
    conflict: EditConflict,
    comparable: (state: State) => State = (state) => state,
  ): Verdict => {
    const [b, t, m] = [conflict.base, conflict.theirs, conflict.mine].map(comparable)
    if (isSame(m, t) || isSame(m, b)) return 'theirs'
    if (isSame(t, b)) return 'mine'
    const choice = Object.hasOwn(choices, conflict.key) ? choices[conflict.key] : undefined
    if (!choice) conflicts.push(conflict)
    return choice ?? 'conflict'
  }

  const merged: Layout = { ...theirs }
  for (const key of settings) {
    const sides = { base: base?.[key] ?? null, theirs: theirs[key], mine: mine[key] }
    if (decide({ key, path: key, ...sides }) === 'mine') merged[key] = mine[key]
  }
  merged.widgets = widgetsOf(base, theirs, mine)
    .flatMap((sides) => mergedWidget(sides, decide))
    .toSorted(inReadingOrder)
  return { merged, conflicts }
}

/** One widget on each side; null where it is not there. */
interface Sides {
  instanceId: string
  path: string | null
  base: Widget | null
  theirs: Widget | null
  mine: Widget | null
}

/** The widgets of all sides: those of mine in their order, and then the others. */
function widgetsOf(base: Layout | null, theirs: Layout, mine: Layout): Sides[] {
  const [inBase, inTheirs, inMine] = [base?.widgets ?? [], theirs.widgets, mine.widgets].map(
    (widgets) => new Map(widgets.map((widget) => [widget.instanceId.toLowerCase(), widget])),
  ) as [Map<string, Widget>, Map<string, Widget>, Map<string, Widget>]
  const others = [...inTheirs.keys()].filter((id) => !inMine.has(id)).toSorted()
  return [...inMine.keys(), ...others].map((instanceId, place) => {
    const [b, t, m] = [inBase, inTheirs, inMine].map((widgets) => widgets.get(instanceId) ?? null) as [
      Widget | null,
      Widget | null,
      Widget | null,
    ]
    return {
      instanceId,
      path: m ? `widgets.${place}` : null,
      base: b,
      theirs: t,
      mine: m && withComponentVersion(withComponentVersion(m, b), t),
    }
  })
}

/** What becomes of one widget; nothing where it is to go. */
function mergedWidget(
  { instanceId, path, base, theirs, mine }: Sides,
  decide: (conflict: EditConflict, comparable?: (state: State) => State) => Verdict,
): Widget[] {
  const key = `widgets.${instanceId}`
  if (!base || !theirs || !mine) {
    const verdict = decide({ key, path, instanceId, base, theirs, mine }, withoutRow)
    const widget = verdict === 'mine' ? mine : theirs
    return widget ? [widget] : []
  }
  const merged = { ...theirs }
  for (const part of parts) {
    const conflict: EditConflict = {
      key: `${key}.${part}`,
      path: path && part !== 'content' ? `${path}.${part}` : path,
      instanceId,
      part,
      base: partOf(base, part),
      theirs: partOf(theirs, part),
      mine: partOf(mine, part),
    }
    if (decide(conflict) !== 'mine') continue
    if (part === 'content') delete merged.componentVersion
    Object.assign(merged, part === 'content' ? partOf(mine, part) : { [part]: mine[part] })
  }
  return [merged]
}

/** A widget with the version of its component that another state of it has, where it names none. */
function withComponentVersion(widget: Widget, other: Widget | null): Widget {
  const { componentVersion } = other ?? {}
  return componentVersion && other?.widgetId === widget.widgetId ? { componentVersion, ...widget } : widget
}

function partOf(widget: Widget, part: WidgetPart): State {
  if (part !== 'content') return widget[part]
  const { widgetId, componentVersion, config } = widget
  return componentVersion === undefined ? { widgetId, config } : { widgetId, componentVersion, config }
}

/** A widget without what the database keeps of it. */
function withoutRow(widget: State): State {
  if (typeof widget !== 'object' || widget === null) return widget
  const { id: _, version: __, lastUpdated: ___, instanceId: ____, ...decided } = widget as Partial<Widget>
  return decided
}

function isSame(one: State, other: State): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return one === other
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const [mine, theirs] = [Object.entries(one), new Map<string, unknown>(Object.entries(other))]
  return (
    mine.length === theirs.size &&
    mine.every(([key, value]) => theirs.has(key) && isSame(value, theirs.get(key)))
  )
}

function inReadingOrder(one: Widget, other: Widget): number {
  const [a, b] = [one.instanceId.toLowerCase(), other.instanceId.toLowerCase()]
  return one.position.y - other.position.y || one.position.x - other.position.x || (a < b ? -1 : 1)
}
