import type { Condition, OrderTerm, Placed, RowRange } from '../request/request.ts'
import { RequestError } from '../request-error.ts'
import type { PlanContext } from './context.ts'
import { parsedField, planField } from './known-rows.ts'
import type { PlannedCondition, PlannedOrder } from './plan.ts'
import type { PlanningNode } from './planning-node.ts'

export function placeConditions(
  context: PlanContext,
  root: PlanningNode,
  conditions: readonly Placed<Condition>[],
  ofRoot: boolean,
): void {
  for (const { path, value } of conditions) {
    if (path.length === 0 && !ofRoot) continue
    const node = nodeAt(root, path)
    node.read.conditions.push(planCondition(context, node, value))
  }
}

export function placeOrders(
  context: PlanContext,
  root: PlanningNode,
  orders: readonly Placed<readonly OrderTerm[]>[],
): void {
  for (const { path, value } of orders) {
    const node = nodeAt(root, path)
    node.read.order = value.map((term) => planOrder(context, node, term))
  }
}

/** Every level is held to the most rows that a read gives. */
export function placeRanges(
  { maxRows }: PlanContext,
  root: PlanningNode,
  ranges: readonly Placed<RowRange>[],
): void {
  for (const { path, value } of ranges) {
    const { read } = nodeAt(root, path)
    read.offset = value.offset
    read.limit = value.limit
  }
  if (maxRows !== null) restrict(root, maxRows, false)
}

/** One row is no more than one, and where no limit says so Postgres joins it as it likes. */
function restrict({ read, children }: PlanningNode, maxRows: number, isOneRow: boolean): void {
  if (!isOneRow || read.limit !== null) read.limit = Math.min(read.limit ?? maxRows, maxRows)
  children.forEach((child, index) => {
    const leadsToOne = read.embeds[index]?.isToOne === true && child.read.source.kind === 'relation'
    restrict(child, maxRows, leadsToOne)
  })
}

/** An embed goes by the name that it has in the answer; failing that, by that of its relation. */
function nodeAt(root: PlanningNode, path: readonly string[]): PlanningNode {
  return path.reduce((node, step) => {
    const { embeds } = node.read
    const named = embeds.findIndex(({ name }) => name === step)
    const index = named >= 0 ? named : embeds.findIndex(({ relationName }) => relationName === step)
    const [child, embed] = [node.children[index], embeds[index]]
    if (!child || !embed) throw notEmbedded(step)
    if (named < 0) embed.isCalledByRelation = true
    return child
  }, root)
}

export function planCondition(
  context: PlanContext,
  node: PlanningNode,
  condition: Condition,
): PlannedCondition {
  if (condition.kind === 'logic')
    return {
      ...condition,
      conditions: condition.conditions.map((each) => planCondition(context, node, each)),
    }
  const { isNegated, field, operation } = condition
  const embed = field.path.length === 0 ? node.read.embeds.find(({ name }) => name === field.name) : undefined
  if (embed && operation.operator === 'is' && (operation.value === 'null' || operation.value === 'not_null'))
    return { kind: 'empty', isNegated: isNegated !== (operation.value === 'not_null'), embed }
  // An embed may be named by its column, which can be filtered by as ever.
  if (embed && !node.rows.columns.has(field.name)) throw notForEmbeds(field.name)
  return { kind: 'filter', isNegated, operation, field: parsedField(context.cache, node.rows, field) }
}

function planOrder({ cache }: PlanContext, { read, rows }: PlanningNode, term: OrderTerm): PlannedOrder {
  const { field, relation, direction, nulls } = term
  const how = { ...(direction && { direction }), ...(nulls && { nulls }) }
  if (!relation) return { field: planField(cache, rows, field), ...how }
  const embed = read.embeds.find(({ name }) => name === relation.name)
  if (!embed) throw notEmbedded(relation.name)
  if (!embed.isToOne) throw notToOne(rows.name?.name ?? read.alias, embed.name)
  return { field: { ...field, isJson: false, isSearchable: true }, embed, ...how }
}

function notEmbedded(name: string): RequestError {
  return new RequestError(400, 'PGRST108', `'${name}' is not an embedded resource in this request`, {
    hint: `Verify that '${name}' is included in the 'select' query parameter.`,
  })
}

function notForEmbeds(name: string): RequestError {
  return new RequestError(400, 'PGRST120', `Bad operator on the '${name}' embedded resource`, {
    details: 'Only is null or not is null filters are allowed on embedded resources',
  })
}

function notToOne(from: string, name: string): RequestError {
  return new RequestError(400, 'PGRST118', `A related order on '${name}' is not possible`, {
    details: `'${from}' and '${name}' do not form a many-to-one or one-to-one relationship`,
  })
}
