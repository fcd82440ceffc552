import { type Condition, isText, randomCondition } from './conditions.ts'
import type { Model, Relation, Row } from './model.ts'
import type { Random } from './numbers.ts'
import { type Way, waysFrom } from './ways.ts'

/** What is asked of one relation, the outermost or an embedded one. */
export interface Level {
  relation: Relation
  columns: readonly { alias: string; column: string }[]
  embeds: readonly Embed[]
  conditions: readonly Condition[]
  /** Whether the order goes down: each column of the key follows, so that there is one order. */
  order: readonly { column: string; isDescending: boolean; isNullsFirst: boolean }[]
  limit: number | undefined
  offset: number
}

export interface Embed {
  /** Undefined of a spread one. */
  alias: string | undefined
  way: Way
  isInner: boolean
  level: Level
}

export function randomQuery(random: Random, model: Model): Level {
  const names = { next: 0 }
  return randomLevel(random, model, random.one(model.relations), 3, names)
}

function randomLevel(
  random: Random,
  model: Model,
  relation: Relation,
  depth: number,
  names: { next: number },
): Level {
  const ways = waysFrom(relation, model)
  const count = depth > 0 && ways.length > 0 ? random.below(3) : 0
  const embeds = random.list(count, (): Embed => {
    const way = random.one(ways)
    // A column that names an embed could not be filtered by beside it, but under an alias.
    const isSpread = random.once(3) && way.target.includes('!')
    const alias = isSpread ? undefined : `e${names.next++}`
    return {
      alias,
      way,
      isInner: random.once(4),
      level: randomLevel(random, model, way.to, depth - 1, names),
    }
  })
  const columns = [random.one(relation.columns), ...random.some(relation.columns)]
  return {
    relation,
    columns: columns.map((column) => ({ alias: `c${names.next++}`, column })),
    embeds: namedOnce(embeds),
    conditions: random.list(random.below(3), () => randomCondition(random, relation)),
    order: [
      ...random
        .some(relation.columns.filter((column) => !isText(column) && !relation.key.includes(column)))
        .slice(0, 1)
        .map((column) => ({ column, isDescending: random.once(2), isNullsFirst: random.once(2) })),
      ...relation.key.map((column) => ({ column, isDescending: random.once(3), isNullsFirst: false })),
    ],
    limit: random.once(3) ? random.below(3) + 1 : undefined,
    offset: random.once(5) ? random.below(2) : 0,
  }
}

/** A spread is named by its relation in filters: no other embed beside it may have that name. */
function namedOnce(embeds: readonly Embed[]): Embed[] {
  const name = ({ way }: Embed) => way.target.split('!')[0]
  return embeds.filter(
    (embed, index) =>
      !embeds.some(
        (other, place) => place < index && name(other) === name(embed) && !(other.alias && embed.alias),
      ),
  )
}

/** The request for a query. */
export function urlOf(level: Level): string {
  const parameters: [string, string][] = [['select', selectOf(level)], ...parametersOf(level, '')]
  const query = parameters.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  return `/${level.relation.name}?${query.join('&')}`
}

function selectOf({ columns, embeds }: Level): string {
  return [
    ...columns.map(({ alias, column }) => `${alias}:${column}`),
    ...embeds.map(({ alias, way, isInner, level }) => {
      const name = alias === undefined ? `...${way.target}` : `${alias}:${way.target}`
      return `${name}${isInner ? '!inner' : ''}(${selectOf(level)})`
    }),
  ].join()
}

function parametersOf(
  { conditions, order, limit, offset, embeds }: Level,
  prefix: string,
): [string, string][] {
  const terms = order.map(
    ({ column, isDescending, isNullsFirst }) =>
      `${column}.${isDescending ? 'desc' : 'asc'}.${isNullsFirst ? 'nullsfirst' : 'nullslast'}`,
  )
  return [
    ...conditions.map(({ parameter: [name, value] }): [string, string] => [`${prefix}${name}`, value]),
    [`${prefix}order`, terms.join()],
    ...(limit === undefined ? [] : [[`${prefix}limit`, String(limit)] as [string, string]]),
    ...(offset === 0 ? [] : [[`${prefix}offset`, String(offset)] as [string, string]]),
    ...embeds.flatMap(({ alias, way, level }) =>
      parametersOf(level, `${prefix}${alias ?? way.target.split('!')[0]}.`),
    ),
  ]
}

/** The answer, worked out from all rows. `within`: of the embed of one row. */
export function answerOf(
  level: Level,
  within: readonly Row[] = level.relation.rows,
): Record<string, unknown>[] {
  const end = level.limit === undefined ? undefined : level.offset + level.limit
  return within
    .filter((row) => level.conditions.every((condition) => condition.holds(row) === true))
    .toSorted((one, other) => compared(one, other, level.order))
    .flatMap((row) => {
      const embedded = level.embeds.map((embed) => ({
        embed,
        found: answerOf(embed.level, embed.way.find(row)),
      }))
      if (embedded.some(({ embed, found }) => embed.isInner && found.length === 0)) return []
      const own = level.columns.map(({ alias, column }) => [alias, row[column] ?? null] as const)
      return [
        Object.fromEntries([...own, ...embedded.flatMap(({ embed, found }) => membersOf(embed, found))]),
      ]
    })
    .slice(level.offset, end)
}

function membersOf({ alias, way, level }: Embed, found: Record<string, unknown>[]): [string, unknown][] {
  if (alias !== undefined) return [[alias, way.isToOne ? (found[0] ?? null) : found]]
  const names = membersUnder(level)
  return names.map((name) => [
    name,
    way.isToOne ? (found[0]?.[name] ?? null) : found.map((row) => row[name] ?? null),
  ])
}

/** The members of a row of a level, those of what is spread into it among them. */
function membersUnder({ columns, embeds }: Level): string[] {
  return [
    ...columns.map(({ alias }) => alias),
    ...embeds.flatMap(({ alias, level }) => (alias === undefined ? membersUnder(level) : [alias])),
  ]
}

function compared(one: Row, other: Row, order: Level['order']): number {
  for (const { column, isDescending, isNullsFirst } of order) {
    const [left, right] = [one[column] ?? null, other[column] ?? null]
    if (left === right) continue
    if (left === null || right === null) return (left === null) === isNullsFirst ? -1 : 1
    return left < right === isDescending ? 1 : -1
  }
  return 0
}
