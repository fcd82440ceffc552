import type { Random } from './numbers.ts'

export type Value = number | string | null
export type Row = Record<string, Value>

/** A foreign key of one column, or what a view shows of it. */
export interface Reference {
  constraint: string
  table: string
  column: string
  target: string
  isUnique: boolean
}

/** A table or a view with all that it holds. */
export interface Relation {
  name: string
  columns: readonly string[]
  /** By which rows stand in one order. */
  key: readonly string[]
  rows: readonly Row[]
  /** The table under it, and the names that columns of that have here. */
  table: string
  shown: ReadonlyMap<string, string>
}

export interface Model {
  relations: readonly Relation[]
  references: readonly Reference[]
  /** The table whose primary key is two references, if they point to two tables. */
  junction: string | undefined
  sql: string
}

const texts = ['a', 'A', '', 'x,y', '(z)', 'q"uote', 'back\\slash', 'null', 'a.b', '{c}', 'ü']

/** Five tables, the last of them a junction, and two views. */
export function randomModel(random: Random): Model {
  const names = ['t0', 't1', 't2', 't3']
  const references: Reference[] = []
  const tables = names.map((name) => {
    const own = random.list(random.below(4), (index): Reference => {
      const isUnique = random.once(4)
      const target = random.one(names)
      return { constraint: `fk_${name}_${index}`, table: name, column: `see_${index}`, target, isUnique }
    })
    references.push(...own)
    return { name, own }
  })
  const sides = ['one', 'other'].map(
    (column): Reference => ({
      constraint: `fk_t4_${column}`,
      table: 't4',
      column,
      target: random.one(names),
      isUnique: false,
    }),
  )
  references.push(...sides)
  const counts = new Map(names.map((name) => [name, random.below(7)]))
  const plain = tables.map(({ name, own }) => tableOf(name, own, counts, random))
  const junction = junctionOf(sides, counts, random)
  const views = viewsOf(plain, random)
  return {
    relations: [...plain, junction, ...views.map(({ relation }) => relation)],
    references,
    junction: sides[0]?.target === sides[1]?.target ? undefined : 't4',
    sql: sqlOf(plain, junction, references, views),
  }
}

function tableOf(
  name: string,
  own: readonly Reference[],
  counts: ReadonlyMap<string, number>,
  random: Random,
): Relation {
  const rows = random.list(counts.get(name) ?? 0, (index) => {
    const row: Row = {
      id: index + 1,
      n: random.once(5) ? null : random.below(4),
      s: random.once(5) ? null : random.one(texts),
    }
    for (const { column, target, isUnique } of own) {
      const there = counts.get(target) ?? 0
      const pointed = isUnique ? index + 1 : random.below(there) + 1
      row[column] = there === 0 || pointed > there || random.once(4) ? null : pointed
    }
    return row
  })
  return relation(name, ['id', 'n', 's', ...own.map(({ column }) => column)], ['id'], rows)
}

function junctionOf(
  sides: readonly Reference[],
  counts: ReadonlyMap<string, number>,
  random: Random,
): Relation {
  const [one = 0, other = 0] = sides.map(({ target }) => counts.get(target) ?? 0)
  const rows = random
    .list(one, (left) =>
      random.list(other, (right): Row => ({ one: left + 1, other: right + 1, n: random.below(3) })),
    )
    .flat()
    .filter(() => random.once(3))
  return relation('t4', ['one', 'other', 'n'], ['one', 'other'], rows)
}

function relation(name: string, columns: string[], key: string[], rows: Row[]): Relation {
  return { name, columns, key, rows, table: name, shown: new Map(columns.map((column) => [column, column])) }
}

interface View {
  relation: Relation
  of: Relation
  pairs: readonly (readonly [from: string, to: string])[]
}

/** A view of a table, and one of a table or of the first view; columns are renamed and left out, but for the key. */
function viewsOf(tables: readonly Relation[], random: Random): View[] {
  const first = viewOf('v0', random.one(tables), random)
  return [first, viewOf('v1', random.once(2) ? first.relation : random.one(tables), random)]
}

function viewOf(name: string, of: Relation, random: Random): View {
  const pairs = of.columns
    .filter((column) => of.key.includes(column) || !random.once(4))
    .map((column) => [column, `${name}_${column}`] as const)
  const names = new Map(pairs)
  const shown = new Map(
    [...of.shown].flatMap(([column, there]) => {
      const here = names.get(there)
      return here === undefined ? [] : [[column, here] as const]
    }),
  )
  const rows = of.rows.map((row) => Object.fromEntries(pairs.map(([from, to]) => [to, row[from] ?? null])))
  const columns = pairs.map(([, to]) => to)
  const key = of.key.map((column) => names.get(column) ?? column)
  return { relation: { name, columns, key, rows, table: of.table, shown }, of, pairs }
}

function sqlOf(
  tables: readonly Relation[],
  junction: Relation,
  references: readonly Reference[],
  views: readonly View[],
): string {
  const type = (column: string) => (column === 's' ? 'text' : 'int')
  return [
    ...[...tables, junction].map(({ name, columns, key, rows }) => {
      const list = columns.map((column) => `${column} ${type(column)}`).join(', ')
      const insert = rows.map(
        (row) => `(${columns.map((column) => literal(row[column] ?? null)).join(', ')})`,
      )
      return (
        `create table ${name} (${list}, primary key (${key.join(', ')}));` +
        (insert.length > 0 ? `insert into ${name} values ${insert.join(', ')};` : '')
      )
    }),
    ...references.map(
      ({ constraint, table, column, target, isUnique }) =>
        `alter table ${table} add constraint ${constraint} foreign key (${column}) references ${target};` +
        (isUnique ? `alter table ${table} add unique (${column});` : ''),
    ),
    ...views.map(
      ({ relation: { name }, of, pairs }) =>
        `create view ${name} as select ${pairs.map(([from, to]) => `${from} as ${to}`).join(', ')} from ${of.name};`,
    ),
  ].join('\n')
}

function literal(value: Value): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
}
