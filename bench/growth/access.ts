import pg from 'pg'
import { percentile } from '../report.ts'
import { sampledInTurns } from '../samples.ts'
import { isWithin } from './budget.ts'
import { contents, views } from './fixture.ts'
import { alike, openSession, type Person, personWith, thingId, workspaceId } from './people.ts'
import { type Statement, timed, timedInARow, vacuumed } from './session.ts'
import { type Table, tableOf } from './table.ts'

const times = { rounds: 40, warmUp: 5, enoughMilliseconds: 4_000 }
const workspace = workspaceId(1)
const perView = contents[0]?.widgetsPerView ?? 0

/** What is measured: one statement about a thing that reaches the person in one of the possible ways. */
interface Case {
  name: string
  statement: Statement
  /** How many rows the person gets. */
  rows: number
  /** It reaches the person by a share or a grant, or not at all: the policy asks for the set of all of theirs. */
  byException?: boolean
}

/** What a share, a grant or a workspace of the person may cost where the set of their exceptions is asked for. */
const perException = 0.05
/** What a role of a workspace's own may cost, which is looked up where built-in ones are known: the first, and each. */
const firstCustomRole = 0.5
const perCustomRole = 0.02
const exceptionsOfAll = 500 + 500 + 200

/** Who is measured: the last of each role is compared with the first. */
const people: Person[] = [
  ...(['one', 'ten', 'all'] as const).map((reach) => personWith('member', reach)),
  ...(['one', 'all'] as const).map((reach) => personWith('custom', reach)),
]

/**
 * One view or widget of 400,000 in 200 workspaces, however it reaches the person, beside the same statement without
 * row-level security; for people in 1, 10 and 200 workspaces, the last with 500 shares and 500 grants.
 */
export async function measureAccess(databaseUrl: string): Promise<Table> {
  await using disposal = new AsyncDisposableStack()
  const open = async (person?: Person) => {
    const session = await openSession(databaseUrl, person)
    disposal.defer(() => session.end())
    return session
  }
  const unbound = await open()
  const bound: pg.Client[] = []
  for (const person of people) bound.push(await open(person))
  const owner = new pg.Client({ connectionString: databaseUrl })
  disposal.defer(() => owner.end())
  await owner.connect()
  const lines = []
  for (const single of cases) {
    await vacuumed(owner)
    lines.push(await measureCase(single, unbound, bound))
  }
  lines.push(await measureCount(unbound, bound))
  return tableOf(
    'One view or widget of 400,000 in 200 workspaces, p50 in ms (reads at most 1.3 × no row-level security, and at ' +
      '200 workspaces 1.2 × the time at 1, or 0.25 ms more where that is more; with custom roles ' +
      `${firstCustomRole} ms more, and ${perCustomRole} ms for each, for a write twice that)`,
    ['', 'no RLS', 'member of 1', 'of 10', 'of 200', 'custom role in 1', 'in 200'],
    lines,
  )
}

async function measureCase(
  { name, statement, rows, byException }: Case,
  unbound: pg.Client,
  bound: pg.Client[],
) {
  const measure = (session: pg.Client, expected?: number) => async () => {
    const { milliseconds, rowCount } = await timedInARow(session, statement)
    if (expected !== undefined && rowCount !== expected && !Number.isNaN(rowCount))
      throw new Error(`${name}: ${rowCount} rows in place of ${expected}.`)
    return milliseconds
  }
  const samples = await sampledInTurns(times, [
    measure(unbound),
    ...bound.map((session) => measure(session, rows)),
  ])
  const [limit = 0, at1 = 0, at10 = 0, at200 = 0, custom1 = 0, custom200 = 0] = samples.map((of) =>
    percentile(of, 0.5),
  )
  const figures = [limit, at1, at10, at200, custom1, custom200]
  if (byException) {
    const atMost = perException * exceptionsOfAll
    const note = `by exception: at most ${perException} ms for each share, grant and workspace of theirs`
    return { name, figures, kept: Math.max(at200 - at1, custom200 - custom1) <= atMost, note }
  }
  const isLikeUnbound = [at1, at10, at200].every((figure) => isWithin(figure, limit, 1.3))
  const asked = statement.writes ? 2 : 1
  const kept =
    (statement.writes || isLikeUnbound) &&
    isWithin(at200, at1, 1.2) &&
    custom1 - at1 <= firstCustomRole * asked &&
    custom200 - custom1 <= perCustomRole * alike * asked
  return { name, figures, kept }
}

/** All widgets that there are for the person: the answer grows, and what one widget costs may not. */
async function measureCount(unbound: pg.Client, bound: pg.Client[]) {
  const count = { name: 'count', text: 'select count(*) from public.widgets', values: [] }
  const samples = await sampledInTurns(
    { rounds: 3, warmUp: 1, enoughMilliseconds: 5_000 },
    [unbound, ...bound].map((session) => async () => (await timed(session, count)).milliseconds),
  )
  const figures = samples.map((of) => percentile(of, 0.5))
  const [, at1 = 0, , at200 = 0] = figures
  return {
    name: "count of all one's widgets (2,000, 20,000, 400,000)",
    figures,
    kept: isWithin(at200, at1 * alike, 1.2),
    note: `the answer grows: for each widget at most 1.2 × what it costs a person in 1 workspace`,
  }
}

function widgetByKey(name: string, view: number, rows: number, place = 1): Case {
  const text = 'select * from public.widgets where workspace_id = $1 and id = $2'
  const values = [workspace, thingId('e', 1, view * 10 + place)]
  return { name: `widget by key, ${name}`, statement: { name: 'widget', text, values }, rows }
}

function updateOfWidget(name: string, view: number, rows: number, place = 1): Case {
  const text = `update public.widgets set config = '{"showTrend": false}' where workspace_id = $1 and id = $2`
  const values = [workspace, thingId('e', 1, view * 10 + place)]
  return {
    name: `update of a widget, ${name}`,
    statement: { name: 'update', text, values, writes: true },
    rows,
  }
}

function widgetsOfView(name: string, view: number, rows: number): Case {
  const text = 'select * from public.widgets where workspace_id = $1 and view_id = $2'
  const values = [workspace, thingId('d', 1, view)]
  return { name: `widgets of a view, ${name}`, statement: { name: 'widgets', text, values }, rows }
}

function viewByKey(name: string, view: number, rows: number): Case {
  const text = 'select * from public.dashboard_views where workspace_id = $1 and id = $2'
  const values = [workspace, thingId('d', 1, view)]
  return { name: `view by key, ${name}`, statement: { name: 'view', text, values }, rows }
}

const [shared = 0] = views.shared
const byRole: Case[] = [
  widgetByKey('open to the workspace', views.open, 1),
  widgetByKey('beside a withheld one', views.withheld, 1),
  widgetsOfView('open to the workspace', views.open, perView),
  viewByKey('open to the workspace', views.open, 1),
  updateOfWidget('open to the workspace', views.open, 1),
]
const byException: Case[] = [
  widgetByKey('in a shared view', shared, 1),
  widgetByKey('in a granted view', views.granted, 1),
  widgetByKey('itself granted', views.hidden, 1, 0),
  widgetByKey('withheld', views.withheld, 0, 0),
  widgetByKey('not for the person', views.hidden, 0),
  widgetsOfView('shared', shared, perView),
  widgetsOfView('granted', views.granted, perView),
  widgetsOfView('of which one is granted', views.hidden, 1),
  widgetsOfView('of which one is withheld', views.withheld, perView - 1),
  viewByKey('shared', shared, 1),
  viewByKey('granted', views.granted, 1),
  viewByKey('not for the person', views.hidden, 0),
  updateOfWidget('in a shared view', shared, 1),
  updateOfWidget('in a granted view', views.granted, 1),
  updateOfWidget('itself granted', views.hidden, 1, 0),
  updateOfWidget('not for the person', views.hidden, 0),
]
const cases = [...byRole, ...byException.map((single) => ({ ...single, byException: true }))]
