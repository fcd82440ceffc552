import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Mutation } from './mutation.ts'
import { codeOf } from './sql-text.ts'

/** What a file is about: a folder of `sql/`, the gateway, or a service behind it. */
export function subjectOf(file: string): string {
  const [top, folder = '', service = ''] = file.split('/')
  if (top === 'sql') return folder.replace(/^\d+_/, '')
  return folder === 'services' ? service : folder
}

/**
 * Tests that would notice any edit, or none: they compare generated files with `sql/`, read how code is laid out,
 * build packages or run the command line, whatever the rules say.
 */
const leftOut = [
  'tests/tools/',
  'tests/contract/',
  'tests/local/layering.test.ts',
  'tests/database/guards/schema-equality.test.ts',
  'tests/database/guards/types.test.ts',
  'tests/database/guards/advisors.test.ts',
]

/** Where tests of a subject stand, beside the folders of its name. */
const folders: Record<string, string[]> = {
  gateway: ['tests/api/auth/hostile-requests'],
  functions: ['tests/functions/shared/'],
  realtime: ['tests/realtime/'],
  screen: ['tests/database/preferences/', 'tests/database/dashboards/'],
  shared: ['tests/api/data-api', 'tests/api/auth/hostile-requests', 'tests/local/gateway'],
}

/** The tests for a mutation, each once, nearest first: the others are for what survives the nearest. */
export interface TestPlan {
  nearest: string[]
  others: string[]
}

/** What guards over the whole schema are about: they are asked first, and last of other kinds. */
const isGuarded = new Set<Mutation['kind']>(['policy', 'trigger', 'withheld', 'key'])

/** What is noticed at all is mostly noticed by the first few; all others take as long as the whole suite. */
const nearestCount = 12

/** Knows which test touches what; reads the tree once. */
export function createPlanner(root: string): (mutation: Mutation) => TestPlan {
  const read = (file: string) => readFileSync(join(root, file), 'utf8')
  const tests = globSync('tests/**/*.test.ts', { cwd: root })
    .filter((file) => !leftOut.some((prefix) => file.startsWith(prefix)))
    .sort()
  // What stands beside tests and is none, such as the matrix's tables, is read with each of them.
  const beside = Map.groupBy(
    globSync('tests/{api,database,local}/**/*.ts', { cwd: root }).filter(
      (file) => !file.endsWith('.test.ts'),
    ),
    (file) => dirname(file),
  )
  const texts = new Map(
    tests.map((file) => [file, [file, ...(beside.get(dirname(file)) ?? [])].map(read).join('\n')]),
  )
  const objects = globSync('sql/*/*.sql', { cwd: root })
    .sort()
    .flatMap((file) => objectsOf(file, read(file)))

  return (mutation) => {
    const isSql = mutation.file.startsWith('sql/')
    const inReach = tests.filter((file) =>
      isSql
        ? !file.startsWith('tests/local/')
        : !file.startsWith('tests/database/') || file.startsWith('tests/database/matrix/'),
    )
    const circles = isSql ? circlesOf(objects, mutation) : [[basename(mutation.file, '.ts')]]
    const subject = subjectOf(mutation.file).replaceAll('_', '-')
    const own = [
      ...(mutation.kind === 'policy' ? ['tests/database/matrix/'] : []),
      ...(isSql
        ? [`tests/database/${subject}/`, `tests/api/product/${subject}`]
        : [`tests/local/${subject}`, `tests/api/${subject}/`]),
      ...(folders[subject] ?? []),
    ]
    const distance = (file: string) => {
      const circle = circles.findIndex((names) => names.some((name) => mentions(texts.get(file) ?? '', name)))
      const isOwn = own.some((prefix) => file.startsWith(prefix))
      const beforeDatabase = isSql && file.startsWith('tests/api/') ? 0.5 : 0
      // What a subject's tests are about they need not name: a trigger on a table of another subject, say.
      if (isOwn) return (circle === 0 ? -2 : -1) + beforeDatabase
      return circle < 0 ? Number.POSITIVE_INFINITY : circle + beforeDatabase
    }
    const weight = (file: string) => countOf(texts.get(file) ?? '', circles[0]?.[0] ?? '')
    const ranked = inReach
      .map((file) => ({ file, distance: distance(file), weight: weight(file) }))
      .sort((a, b) => a.distance - b.distance || b.weight - a.weight)
    const touching = ranked.filter((each) => each.distance < Number.POSITIVE_INFINITY).map(({ file }) => file)
    // Those that try hundreds of examples take as long as all others.
    const isSlow = (file: string) => Number(texts.get(file)?.includes("'fast-check'"))
    const nearest = touching.slice(0, nearestCount).sort((a, b) => isSlow(a) - isSlow(b))
    // They name nothing, hold for everything, and take a moment.
    const guards = inReach.filter((file) => isSql && file.startsWith('tests/database/guards/'))
    const first = [
      ...new Set(isGuarded.has(mutation.kind) ? [...guards, ...nearest] : [...nearest, ...guards]),
    ]
    const others = ranked.map(({ file }) => file).filter((file) => !first.includes(file))
    return { nearest: first, others }
  }
}

interface SqlObject {
  file: string
  start: number
  end: number
  /** How others call it: of a function its name; of a policy or a trigger the table, since that is what is written. */
  name: string
  code: string
}

/** The objects that a file makes, each from its `create` to the next. */
function objectsOf(file: string, sql: string): SqlObject[] {
  const code = codeOf(sql)
  const starts = [...code.matchAll(/^(?:create|alter) [^(;$]*/gm)]
  return starts.map((match, index) => {
    const end = starts[index + 1]?.index ?? code.length
    const text = code.slice(match.index, end)
    const onTable =
      /^create (?:constraint )?(?:trigger|policy|unique index|index) [\s\S]*? on (?:public|private)\.(\w+)/
    const name = onTable.exec(text)?.[1] ?? /(?:public|private)\.(\w+)/.exec(match[0])?.[1] ?? ''
    return { file, start: match.index, end, name, code: text }
  })
}

/** The name of what is edited; the names of what uses it; of what uses that. */
function circlesOf(objects: SqlObject[], mutation: Mutation): string[][] {
  const edited = objects.find(
    ({ file, start, end }) => file === mutation.file && start <= mutation.start && mutation.start < end,
  )
  const circles = [[edited?.name ?? '']]
  const known = new Set(circles[0])
  for (let reach = 0; reach < 3; reach += 1) {
    const last = circles.at(-1) ?? []
    const users = objects
      .filter(({ name, code }) => !known.has(name) && last.some((used) => mentions(code, used)))
      .map(({ name }) => name)
    for (const name of users) known.add(name)
    circles.push([...new Set(users)])
  }
  return circles
}

function countOf(text: string, name: string): number {
  return name ? text.split(name).length - 1 : 0
}

function mentions(text: string, name: string): boolean {
  if (!name) return false
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (!/\w/.test(text[at - 1] ?? '') && !/\w/.test(text[at + name.length] ?? '')) return true
  return false
}
