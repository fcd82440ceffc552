import fc from 'fast-check'
import type pg from 'pg'
import { expect, it } from 'vitest'
import { type Choices, editConflictsSchema, type Resolve } from '../../../types/conflict.ts'
import type { Layout, Widget } from '../../../types/layout.ts'
import { type StoredView, storedViewSchema } from '../../../types/view.ts'
import { layoutOf } from '../../support/dashboards/layouts.ts'
import { type Actor, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { commit, committedStory } from '../../support/database/policy-suite.ts'
import { admin, member, ours } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

// People edit one view from what they read at some time, save, and answer their conflicts in any way, while others save
// in between. Whatever they do: what nobody else touched is as they left it, what only others changed stays, and what
// both changed is what was chosen in sight of it.

const names = [1, 2, 3].map((n) => `0000000${n}-0000-4000-8000-00000000000a`)
const people = 3

const edit = fc.record({
  name: fc.constantFrom(...names),
  kind: fc.constantFrom('move', 'hide', 'configure', 'remove', 'add', 'gap'),
  value: fc.integer({ min: 1, max: 9 }),
})
const step = fc.record({
  person: fc.nat(people - 1),
  edits: fc.array(edit, { minLength: 1, maxLength: 3 }),
  isSaved: fc.boolean(),
  answers: fc.array(fc.constantFrom<Choices[string]>('mine', 'theirs'), { minLength: 8, maxLength: 8 }),
  /** What somebody else does between a conflict and its answer. */
  meanwhile: fc.option(edit),
})

const widgetOf = (instanceId: string, limit: number): Widget => ({
  instanceId,
  widgetId: 'recent-orders',
  position: { x: 0, y: 0, width: 2, height: 2 },
  visible: true,
  config: { limit },
})

function edited(
  layout: Layout,
  { name, kind, value }: typeof edit extends fc.Arbitrary<infer E> ? E : never,
) {
  if (kind === 'gap') return { ...layout, gap: value }
  const others = layout.widgets.filter(({ instanceId }) => instanceId !== name)
  if (kind === 'remove') return { ...layout, widgets: others }
  const was = layout.widgets.find(({ instanceId }) => instanceId === name)
  if (!was) return kind === 'add' ? { ...layout, widgets: [...others, widgetOf(name, value)] } : layout
  const changes: Partial<Widget> =
    kind === 'move'
      ? { position: { ...was.position, x: value } }
      : kind === 'hide'
        ? { visible: value > 4 }
        : { config: { limit: value } }
  return { ...layout, widgets: [...others, { ...was, ...changes }] }
}

/** What a person decides about a widget; null where it is not there. */
function partsOf({ widgets }: Layout, name: string): Record<string, unknown> | null {
  const widget = widgets.find(({ instanceId }) => instanceId === name)
  if (!widget) return null
  const { widgetId, config, position, visible } = widget
  return { content: { widgetId, config }, position, visible }
}

interface Sides {
  base: Layout
  theirs: Layout
  mine: Layout
  after: Layout
  choices: Choices
}

/** Demands that each part is what the rule says, part by part, from what each side had. */
function expectMerged({ base, theirs, mine, after, choices }: Sides): void {
  const expectPart = (key: string, [b, t, m, a]: unknown[]) => {
    const [isMine, isTheirs] = [!same(m, b), !same(t, b)]
    const expected = !isMine || same(m, t) ? t : !isTheirs ? m : choices[key] === 'mine' ? m : t
    if (isMine && isTheirs && !same(m, t)) expect(choices[key], `a choice for ${key}`).toBeDefined()
    expect(a, key).toEqual(expected)
  }
  expectPart('gap', [base.gap, theirs.gap, mine.gap, after.gap])
  for (const name of names) {
    const sides = [base, theirs, mine, after].map((layout) => partsOf(layout, name))
    if (sides.slice(0, 3).includes(null)) expectPart(`widgets.${name}`, sides)
    else
      for (const part of ['content', 'position', 'visible'])
        expectPart(
          `widgets.${name}.${part}`,
          sides.map((side) => side?.[part]),
        )
  }
}

const same = (one: unknown, other: unknown) => canonical(one) === canonical(other)
const canonical = (value: unknown) =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )

/** A view of everybody's, and what they do with it. */
class Board {
  readonly #client: pg.Client
  readonly #id: string

  private constructor(client: pg.Client, id: string) {
    this.#client = client
    this.#id = id
  }

  static async create(client: pg.Client): Promise<Board> {
    const layout = layoutOf(...names.slice(0, 2).map((name) => widgetOf(name, 1)))
    const view = await call<{ id: string }>(client, member, 'create_view', [
      ours,
      'Board',
      '',
      layout,
      'workspace',
    ])
    await commit(client)
    return new Board(client, view.id)
  }

  async read(): Promise<StoredView> {
    return storedViewSchema.parse(await call(this.#client, member, 'get_view', [this.#id]))
  }

  async save(actor: Actor, layout: Layout, version: number, resolve: Resolve | null = null) {
    await call(this.#client, actor, 'save_layout', [this.#id, layout, version, null, resolve])
    await commit(this.#client)
  }
}

it(
  'nobody’s unconflicted change is lost, and what is chosen stands',
  committedStory()(async (client) => {
    await setPlan(client, 'premium')
    let answered = 0
    let outdated = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 12 }), async (steps) => {
        const board = await Board.create(client)
        const first = await board.read()
        const desks = Array.from({ length: people }, () => ({ base: first, mine: first.layout as Layout }))
        for (const { person, edits, isSaved, answers, meanwhile } of steps) {
          const desk = desks[person]
          if (!desk) continue
          desk.mine = edits.reduce(edited, desk.mine)
          if (!isSaved) continue
          const actor = person === 0 ? admin : member
          let choices: Choices = {}
          let resolve: Resolve | null = null
          for (let attempt = 0; ; attempt++) {
            const theirs = await board.read()
            const saving = board.save(actor, desk.mine, desk.base.version, resolve)
            const refused = await saving.then(
              () => null,
              () => clientError(saving),
            )
            const after = await board.read()
            if (!refused) {
              const sides = {
                base: desk.base.layout,
                theirs: theirs.layout,
                mine: desk.mine,
                after: after.layout,
              }
              expectMerged({ ...sides, choices })
              desks[person] = { base: after, mine: after.layout }
              break
            }
            expect(after, 'a refused save changes nothing').toEqual(theirs)
            expect(refused.code).toBe('conflict')
            if (attempt > 0) outdated++
            const { version, conflicts } = editConflictsSchema.parse(JSON.parse(String(refused.details)))
            for (const [index, { key }] of conflicts.entries())
              choices = { ...choices, [key]: answers[index % 8] ?? 'mine' }
            resolve = { version, choices }
            answered++
            if (meanwhile && attempt === 0)
              await board.save(member, edited(after.layout, meanwhile), after.version)
          }
        }
      }),
      { seed: 20_261_125, numRuns: 60 },
    )
    expect(answered).toBeGreaterThan(20)
    expect(outdated).toBeGreaterThan(3)
  }),
  60_000,
)
