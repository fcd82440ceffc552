/** What is joined in, by pairs of columns of it and of what it is joined to; through a junction, of both and of that. */
export interface Joined {
  table: string
  columns?: readonly string[]
  on: readonly (readonly [string, string])[]
  /** One row, or one that a junction leads to; else many. */
  isOne?: true
  junction?: { table: string; on: readonly (readonly [string, string])[] }
  with?: readonly Joined[]
}

export interface Read {
  table: string
  columns?: readonly string[]
  where?: string
  with?: readonly Joined[]
  /** What writes in front of it, where what is written is read. */
  writing?: string
}

/** A statement as PostgREST 12 to 14 write it: what a junction leads to stands under its own name, and so does that. */
export function postgrestStatement({ table, columns = ['*'], where = '', with: joined = [], writing }: Read) {
  const own = writing === undefined ? `"public"."${table}"` : `"${table}"`
  const from = writing === undefined ? own : `"pgrst_source" AS ${own}`
  const read = `SELECT ${[...listed(own, columns), ...selected(table, joined, 1)].join(', ')}  FROM ${from}
    ${joins(table, own, joined, 1)} ${where && `WHERE  ${where} `}  LIMIT 1000 OFFSET 0 `.replace(
    /\n\s*/g,
    ' ',
  )
  return writing === undefined
    ? `WITH pgrst_source AS ( ${read} )  SELECT coalesce(json_agg(_postgrest_t), '[]') AS body ` +
        'FROM ( SELECT * FROM pgrst_source ) _postgrest_t'
    : `WITH pgrst_source AS (${writing}) SELECT coalesce(json_agg(_postgrest_t), '[]') AS body ` +
        `FROM (${read}) _postgrest_t`
}

const listed = (own: string, columns: readonly string[]) =>
  columns.map((column) => `${own}.${column === '*' ? column : `"${column}"`}`)

const nameIn = (parent: string, { table }: Joined, depth: number) => `"${parent}_${table}_${depth}"`

function selected(parent: string, joined: readonly Joined[], depth: number): string[] {
  return joined.map((each) => {
    const name = nameIn(parent, each, depth)
    const value = each.isOne ? `row_to_json(${name}.*)::jsonb` : `COALESCE( ${name}.${name}, '[]')`
    return `${value} AS "${each.table}"`
  })
}

function joins(parent: string, parentName: string, joined: readonly Joined[], depth: number): string {
  return joined.map((each) => join(parent, parentName, each, depth)).join(' ')
}

function join(parent: string, parentName: string, joined: Joined, depth: number): string {
  const { table, columns = ['*'], on, isOne, junction, with: more = [] } = joined
  const name = nameIn(parent, joined, depth)
  const own = junction ? `"public"."${table}"` : `"${table}_${depth}"`
  const pairs = junction && `"public"."${junction.table}"`
  const equal = (one: string, other: string, columnsOfBoth: Joined['on']) =>
    columnsOfBoth.map(([mine, theirs]) => `${one}."${mine}" = ${other}."${theirs}"`)
  const conditions = pairs
    ? [...equal(own, pairs, on), ...equal(pairs, parentName, junction.on)]
    : equal(own, parentName, on)
  const rows =
    `SELECT ${[...listed(own, columns), ...selected(table, more, depth + 1)].join(', ')}  ` +
    `FROM "public"."${table}"${pairs ? `, ${pairs}` : ` AS ${own}`} ` +
    `${joins(table, own, more, depth + 1)} WHERE ${conditions.join(' AND ')}  LIMIT 1000 OFFSET 0 `
  return isOne
    ? `LEFT JOIN LATERAL ( ${rows} ) AS ${name} ON TRUE`
    : `LEFT JOIN LATERAL ( SELECT json_agg(${name})::jsonb AS ${name} FROM (${rows} ) AS ${name} ) AS ${name} ON TRUE`
}
