import type { ApiRequest, SelectItem } from '../request/request.ts'
import { RequestError } from '../request-error.ts'
import { findRelationship, isComputed, type QualifiedName, type Way } from '../schema/index.ts'
import type { PlanContext } from './context.ts'
import { type KnownRows, knownRows } from './known-rows.ts'
import { placeConditions, placeOrders, placeRanges } from './placing.ts'
import type { Embed, JoinPair, ReadPlan, Source } from './plan.ts'
import { expandStars, isGrouped, isOutputItem, planOutput } from './plan-outputs.ts'
import type { PlanningNode } from './planning-node.ts'

type RelationItem = Extract<SelectItem, { kind: 'relation' }>

/** Which of the parameters count: those of a write filter and cut off what is written, not what comes back. */
export interface ReadParameters {
  conditionsOfRoot: boolean
  ranges: boolean
}

/** The names that one statement has given to its parts. */
class Aliases {
  #embeds = 0

  embed(): string {
    return `pgrst_embed_${++this.#embeds}`
  }
}

/** Longer names are cut off by Postgres, and with them what tells one level from the other. */
const longestName = 50

/** The read that a request asks for, of rows that are known or come from what is done before. */
export function planRead(
  context: PlanContext,
  request: ApiRequest,
  root: { source: Source; rows: KnownRows; alias: string },
  parameters: ReadParameters,
): ReadPlan {
  const select: readonly SelectItem[] = request.select.length > 0 ? request.select : [{ kind: 'all' }]
  const node = planNode(context, new Aliases(), { ...root, select, depth: 0, isSpread: false })
  placeConditions(context, node, request.conditions, parameters.conditionsOfRoot)
  placeOrders(context, node, request.order)
  if (parameters.ranges) placeRanges(context, node, request.ranges)
  return node.read
}

interface NodeOptions {
  source: Source
  rows: KnownRows
  alias: string
  select: readonly SelectItem[]
  depth: number
  isSpread: boolean
}

function planNode(
  context: PlanContext,
  aliases: Aliases,
  { source, rows, alias, select, depth, isSpread }: NodeOptions,
): PlanningNode {
  const embedded = select
    .filter((item) => item.kind === 'relation')
    .map((item) => planEmbed(context, aliases, { rows, alias, depth }, item))
  refuseSameNames(
    embedded.map(({ embed }) => embed),
    rows.name?.name ?? alias,
    depth,
  )
  const read: ReadPlan = {
    source,
    alias,
    outputs: select.filter(isOutputItem).map((item) => planOutput(context, rows, item)),
    embeds: embedded.map(({ embed }) => embed),
    conditions: [],
    order: [],
    offset: 0,
    limit: null,
  }
  // Rows of a write or a call have columns beside those of their relation: computed fields, the whole row.
  const mustExpand = isSpread || isGrouped(read) || source.kind === 'result'
  read.outputs = expandStars(context, rows, read.outputs, mustExpand)
  return { read, rows, children: embedded.map(({ node }) => node) }
}

/** PostgREST leaves it to Postgres, which refuses two joins of one name; here each has a name of its own. */
function refuseSameNames(embeds: readonly Embed[], parent: string, depth: number): void {
  const names = new Set<string>()
  for (const { name, isShown } of embeds) {
    if (isShown && names.has(name)) throw sameName(`${parent}_${name}_${depth + 1}`)
    if (isShown) names.add(name)
  }
}

function planEmbed(
  context: PlanContext,
  aliases: Aliases,
  parent: { rows: KnownRows; alias: string; depth: number },
  item: RelationItem,
): { embed: Embed; node: PlanningNode } {
  const { relation, isSpread, select } = item
  const depth = parent.depth + 1
  const way = findRelationship(context.cache, originOf(parent), relation)
  const isToOne = leadsToOne(way)
  const alias = aliasOf(way.to.name, depth)
  const junctionAlias = `pgrst_junction_${depth}`
  const node = planNode(context, aliases, {
    source: isComputed(way) ? { kind: 'computed', routine: way.routine } : { kind: 'relation', name: way.to },
    rows: knownRows(context.cache, way.to),
    alias,
    select,
    depth,
    isSpread,
  })
  if (isSpread && !isToOne && isGrouped(node.read)) throw aggregateInSpread()
  const junction = isComputed(way) ? undefined : way.junction
  return {
    node,
    embed: {
      name: item.alias ?? relation.name,
      relationName: relation.name,
      isCalledByRelation: false,
      alias: aliases.embed(),
      isToOne,
      isInner: item.join === 'inner',
      isSpread,
      isShown: showsSomething(node.read),
      pairs: isComputed(way) ? [] : way.columns.map(asPair),
      ...(junction && {
        junction: { name: junction, alias: junctionAlias, onward: junction.onward.map(asPair) },
      }),
      read: node.read,
    },
  }
}

/** Rows without a name lead nowhere, and are called what the statement calls them. */
function originOf({ rows, alias }: { rows: KnownRows; alias: string }): QualifiedName {
  return rows.name ?? { schema: '', name: alias }
}

function leadsToOne(way: Way): boolean {
  if (isComputed(way)) return way.isToOne
  return way.cardinality === 'many-to-one' || way.cardinality === 'one-to-one'
}

function aliasOf(name: string, depth: number): string {
  return `${Buffer.byteLength(name) > longestName ? 'pgrst' : name}_${depth}`
}

function asPair([parent, child]: readonly [string, string]): JoinPair {
  return { parent, child }
}

function showsSomething({ outputs, embeds }: ReadPlan): boolean {
  return outputs.length > 0 || embeds.some(({ isShown }) => isShown)
}

function aggregateInSpread(): RequestError {
  return new RequestError(400, 'PGRST127', 'Feature not implemented', {
    details: 'Aggregates are not implemented for one-to-many or many-to-many spreads.',
  })
}

function sameName(name: string): RequestError {
  return new RequestError(400, '42712', `table name "${name}" specified more than once`)
}
