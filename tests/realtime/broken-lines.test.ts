import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { joinLive, type Live } from '../../types/live.ts'
import { type StoredView, storedViewSchema } from '../../types/view.ts'
import { widget } from '../support/dashboards/layouts.ts'
import { createSharedView, readView, saveLayout, withWidget } from '../support/dashboards/view-calls.ts'
import { type FrontEnd, type Person, startFrontEnd } from '../support/http/front-end.ts'
import { type Line, openLine } from '../support/http/line.ts'

// Two people at one dashboard, each over a line that breaks, and on which messages wait, overtake each other and are
// lost: whatever happens in whichever order, both see the same in the end.

const widgets = [1, 2, 3].map((limit) => widget({ config: { limit } }))

interface Screen {
  person: Person
  line: Line
  /** The tab that it is in. */
  page: EventTarget & { hidden: boolean }
  live: Live
  view: StoredView
}

let app: FrontEnd
let screens: Screen[]
let eve: Person

async function open(person: Person, line: Line, workspaceId: string, view: StoredView): Promise<Screen> {
  const page = Object.assign(new EventTarget(), { hidden: false })
  const live = joinLive(person.supabase, {
    workspaceId,
    userId: person.id,
    page,
    async onStale() {
      const read = await readView(person, view.id)
      // An answer takes its time, in which one's own save may be answered.
      await new Promise((resolve) => setTimeout(resolve, 30))
      screen.view = read
      live.show(read)
    },
  })
  const screen = { person, line, page, live, view }
  live.show(view)
  return screen
}

beforeAll(async () => {
  app = await startFrontEnd({ realtimeLimits: { messagesPerSecond: 1e6, joinsPerSecond: 1e6 } })
  const lines = [await openLine(app.gateway.url), await openLine(app.gateway.url)] as const
  const [ada, mia] = await Promise.all([app.signUp('Ada', lines[0]), app.signUp('Mia', lines[1])])
  eve = await app.signUp('Eve')
  const workspaceId = await app.createWorkspace(ada, { member: mia, viewer: eve })
  const view = await createSharedView(ada, workspaceId, widgets)
  screens = [await open(ada, lines[0], workspaceId, view), await open(mia, lines[1], workspaceId, view)]
})
afterAll(async () => {
  for (const { live, person, line } of screens ?? []) {
    await live.leave()
    await person.supabase.realtime.disconnect()
    await line[Symbol.asyncDispose]()
  }
  await app?.[Symbol.asyncDispose]()
})

const who = fc.nat(1)
const line = (what: 'cut' | 'mend' | 'hold') => fc.record({ do: fc.constant(what), who })
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('save'),
        who,
        place: fc.nat(2),
        limit: fc.integer({ min: 1, max: 50 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), milliseconds: fc.nat(80) }) },
    { weight: 2, arbitrary: line('cut') },
    { weight: 1, arbitrary: line('mend') },
    { weight: 2, arbitrary: line('hold') },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('release'), who, order: fc.array(fc.nat(), { maxLength: 8 }) }),
    },
  ),
  { minLength: 4, maxLength: 16 },
)

/** Lets what was held up through in another order and, where messages are lost, without some. */
function release({ line, page }: Screen, order: number[], isLossy: boolean): void {
  line.release((waiting) =>
    waiting
      .map((parcel, place) => ({ parcel, key: order[place] ?? 1 }))
      .filter(({ key }) => !isLossy || key % 3 > 0)
      .sort((one, other) => one.key - other.key)
      .map(({ parcel }) => parcel),
  )
  // Nothing says that a message was lost: who comes back to the page, or looks at it for a minute, sees it.
  if (isLossy) setTimeout(() => page.dispatchEvent(new Event('visibilitychange')), 100)
}

/** Saves what a screen shows, with one widget changed. What cannot be saved, as on a broken line, is not. */
async function save(screen: Screen, place: number, limit: number): Promise<void> {
  const instanceId = widgets[place]?.instanceId ?? ''
  const layout = withWidget(screen.view, instanceId, { config: { limit } })
  const { data } = await saveLayout(screen.person, screen.view, layout)
  if (!data) return
  screen.view = storedViewSchema.parse(data)
  screen.live.show(screen.view)
}

it('both see the same in the end', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (all, isLossy) => {
      const saves: Promise<void>[] = []
      for (const step of all) {
        if ('milliseconds' in step) {
          await new Promise((resolve) => setTimeout(resolve, step.milliseconds))
          continue
        }
        const screen = screens[step.who]
        if (!screen) continue
        if ('limit' in step) saves.push(save(screen, step.place, step.limit))
        else if ('order' in step) release(screen, step.order, isLossy)
        else screen.line[step.do]()
      }
      // Lines are mended after what was saved meanwhile, so that nothing comes by itself.
      await Promise.all(saves)
      for (const { line } of screens) {
        line.mend()
        line.release()
      }
      await expect
        .poll(
          async () => {
            const { version, layout } = await readView(eve, screens[0]?.view.id ?? '')
            return screens.map(({ view }) => [view.version - version, view.layout, layout])
          },
          { timeout: 15_000, interval: 30 },
        )
        .toSatisfy((seen: [number, unknown, unknown][]) =>
          seen.every(
            ([behind, view, layout]) => behind === 0 && JSON.stringify(view) === JSON.stringify(layout),
          ),
        )
    }),
    { numRuns: 15, endOnFailure: true },
  )
}, 120_000)
