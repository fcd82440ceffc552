import pg from 'pg'
import { percentile } from '../report.ts'
import { sampledInTurns } from '../samples.ts'
import { contents } from './fixture.ts'
import { describeLimit, growthOf, isWithinLimit, type Times } from './growth.ts'
import { everythingMeasured, type Measured } from './measured.ts'
import { alike, everyReach, large, openSession, personWith, small } from './people.ts'
import { type Place, placeOf } from './place.ts'
import { patience, type Statement, timed, timedInARow, vacuumed } from './session.ts'
import { type Line, type Table, tableOf } from './table.ts'

const rounds = { rounds: 8, warmUp: 2, enoughMilliseconds: 1_000 }
/** How often what seems to grow is measured again. */
const repeats = 2
const contentsOf = (workspace: number) => contents.find(({ first }) => first === workspace)
const things = (workspace: number) => contentsOf(workspace)?.things ?? 0

interface Seat {
  session: pg.Client
  place: Place
}

/** What every table and function costs people who reach little and much. */
export async function measureGrowthOfEverything(databaseUrl: string): Promise<Table> {
  await using disposal = new AsyncDisposableStack()
  const seats = { member: [] as Seat[], admin: [] as Seat[] }
  for (const role of ['member', 'admin'] as const)
    for (const reach of everyReach) {
      const person = personWith(role, reach)
      const session = await openSession(databaseUrl, person)
      disposal.defer(() => session.end())
      seats[role].push({ session, place: placeOf(person, session) })
    }
  const owner = new pg.Client({ connectionString: databaseUrl })
  disposal.defer(() => owner.end())
  await owner.connect()
  const lines: Line[] = []
  for (const measured of await everythingMeasured(owner))
    lines.push(await measureLine(measured, seats, owner))
  return tableOf(
    `Everything that a signed-in person can read and call, p50 in ms: for people in 1, 10 and ${alike} ` +
      `workspaces, and in one with ${things(small)} and one with ${things(large)} members, views, widgets, ` +
      `shares, grants, invitations and audit entries (and ${contentsOf(large)?.limited} themes and components)`,
    ['', '1 workspace', '10', String(alike), `${things(small)} things`, String(things(large))],
    shortened(lines.toSorted((a, b) => Number(a.kept) - Number(b.kept) || slowest(b) - slowest(a))),
  )
}

/** What misses its budget or has a reason, the ten slowest of the rest, and a line for all others. */
function shortened(lines: Line[]): Line[] {
  const isTold = ({ kept, note }: Line) => !kept || note !== undefined
  const rest = lines.filter((line) => !isTold(line))
  const others = rest.slice(10)
  const most = others[0]?.figures.map((_, column) =>
    Math.max(...others.map(({ figures }) => figures[column] ?? 0)),
  )
  return [
    ...lines.filter(isTold),
    ...rest.slice(0, 10),
    ...(most ? [{ name: `${others.length} others, at most`, figures: most, kept: true }] : []),
  ]
}

function slowest({ figures }: Line): number {
  return Math.max(0, ...figures.map((figure) => figure ?? 0))
}

async function measureLine(
  measured: Measured,
  seats: Record<'member' | 'admin', Seat[]>,
  owner: pg.Client,
): Promise<Line> {
  const { name, answer, deletes, grows } = measured
  const asked = await askedOf(measured, seats)
  const sample = async () => {
    await vacuumed(owner)
    const samples = await sampledInTurns(
      rounds,
      asked.map((one) => async () => (await timedInARow(one.session, one.statement)).milliseconds),
    )
    return samples.map((of) => percentile(of, 0.5))
  }
  let figures = await sample()
  // Whatever else the machine did is not there every time; where it is several times as long, it was not that.
  for (let repeat = 0; repeat < repeats && !answer; repeat += 1) {
    const times = timesOf(figures)
    if (growthOf(times).every((axis) => times[axis].most > 3 * times[axis].least)) break
    const again = await sample()
    figures = figures.map((figure, index) => Math.min(figure, again[index] ?? figure))
  }
  // How long it would have taken nobody knows, so no limit can be said to be kept.
  if (Math.max(...figures) >= patience)
    return { name, figures, kept: false, note: `not done in ${patience / 1_000} s` }
  const growing = growthOf(timesOf(figures))
  if (growing.length === 0) return { name, figures, kept: true }
  if (answer) {
    const isLarger = largerAnswers(asked.map(({ size }) => size))
    return isLarger
      ? { name, figures, kept: true, note: `the answer grows: ${answer.grows}` }
      : {
          name,
          figures,
          kept: false,
          note: `grows with its ${growing.join(' and ')}, and its answer does not`,
        }
  }
  const excused = deletes ?? grows
  if (excused)
    return {
      name,
      figures,
      kept: isWithinLimit(timesOf(figures), excused),
      note: `${deletes ? 'deletes' : 'grows'}: ${describeLimit(excused)}`,
    }
  return { name, figures, kept: false, note: `with its ${growing.join(' and ')}` }
}

interface Asked {
  session: pg.Client
  statement: Statement
  /** Of the answer, as JSON. */
  size: number
}

/** The statement for each person, all in the same role, once it has been answered with something. */
async function askedOf({ name, roles, statement }: Measured, seats: Record<'member' | 'admin', Seat[]>) {
  for (const role of roles) {
    const asked: Asked[] = []
    for (const { session, place } of seats[role]) {
      const ready = await statement(place)
      if (!ready) break
      const { rows, rowCount } = await timed(session, ready).catch((error: unknown) => {
        throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error })
      })
      if (rowCount === 0) break
      asked.push({ session, statement: ready, size: JSON.stringify(rows).length })
    }
    if (asked.length === seats[role].length) return asked
  }
  throw new Error(
    `${name}: not everybody gets an answer; say in bench/growth/tables.ts which row to ask for.`,
  )
}

function largerAnswers([at1 = 0, , at200 = 0, few = 0, many = 0]: number[]): boolean {
  return at200 > 1.5 * at1 || many > 1.5 * few
}

function timesOf([at1 = 0, , at200 = 0, few = 0, many = 0]: number[]): Times {
  return {
    workspaces: { least: at1, most: at200, difference: alike - 1 },
    things: { least: few, most: many, difference: things(large) - things(small) },
  }
}
