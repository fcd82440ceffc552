import type { AggregateFunction, JsonStep, Operation } from '../request/request.ts'
import type { QualifiedName, Routine } from '../schema/catalog.ts'
import type { Representation } from './representation.ts'

/** A column, a computed field or a place in the JSON of one, of the rows that a read is about. */
export interface PlannedField {
  name: string
  /** The function of a computed field. */
  routine?: QualifiedName
  path: readonly JsonStep[]
  /** `json` and `jsonb` are stepped into as they are, so that indexes on the steps count. */
  isJson: boolean
  /** Whether it is searched as it is: a `tsvector`, and what the cache does not know. */
  isSearchable: boolean
  /** What makes a value of a domain from text, where the domain says so. */
  parser?: QualifiedName | undefined
  /** What makes JSON of it. */
  formatter?: QualifiedName | undefined
}

export interface PlannedAggregate {
  name: AggregateFunction
  cast?: string
}

/** A column of what a read gives. */
export type Output =
  | { kind: 'all' }
  | { kind: 'field'; name: string; field: PlannedField; cast?: string; aggregate?: PlannedAggregate }
  | { kind: 'count'; name: string; cast?: string }

export type PlannedCondition =
  | { kind: 'filter'; isNegated: boolean; field: PlannedField; operation: Operation }
  /** Whether an embed has no rows. */
  | { kind: 'empty'; isNegated: boolean; embed: Embed }
  | { kind: 'logic'; isNegated: boolean; operator: 'and' | 'or'; conditions: readonly PlannedCondition[] }

export interface PlannedOrder {
  field: PlannedField
  /** The embed whose column it is. */
  embed?: Embed
  direction?: 'asc' | 'desc'
  nulls?: 'first' | 'last'
}

/** Where the rows of a read come from. */
export type Source =
  | { kind: 'relation'; name: QualifiedName }
  /** What the write or the call before has given. */
  | { kind: 'result' }
  /** A function over the row of the parent. */
  | { kind: 'computed'; routine: QualifiedName }

/** A read of one relation and of what is embedded in it. */
export interface ReadPlan {
  source: Source
  /** What the rows are called in the statement, and so in the messages of Postgres. */
  alias: string
  outputs: Output[]
  embeds: Embed[]
  conditions: PlannedCondition[]
  order: PlannedOrder[]
  offset: number
  /** Null: all that there are. */
  limit: number | null
}

export interface JoinPair {
  parent: string
  child: string
}

export interface Embed {
  /** The name in the parent's rows. */
  name: string
  /** The name of what was asked for, under which parameters find it too. */
  relationName: string
  /** Whether one has found it so, though it has another name. */
  isCalledByRelation: boolean
  /** What the rows are called in the parent's statement. */
  alias: string
  isToOne: boolean
  isInner: boolean
  isSpread: boolean
  /** `embed()` shows nothing and still filters. */
  isShown: boolean
  pairs: readonly JoinPair[]
  /** Of many-to-many: `pairs` leads from the parent to it, `onward` from it to the child. */
  junction?: { name: QualifiedName; alias: string; onward: readonly JoinPair[] }
  read: ReadPlan
}

/** A column that a write sets, with its type, and what it is where a value is missing. */
export interface WrittenColumn {
  name: string
  type: string
  default: string | null
  /** What makes a value of the domain from JSON. */
  parser?: QualifiedName | undefined
}

/** What later parts of the statement need of the rows that a write or a call gives. */
export interface ResultColumns {
  /** All columns, of which `names` then names none. */
  all: boolean
  names: readonly string[]
  computed: readonly { name: string; routine: QualifiedName }[]
  /** The whole row, for functions over it. */
  row: boolean
}

export interface BodyRows {
  text: string
  isArray: boolean
  columns: readonly WrittenColumn[]
  /** `missing=default`. */
  usesDefaults: boolean
}

export interface Conflict {
  columns: readonly string[]
  action: 'ignore' | 'merge'
}

export type Mutation =
  | {
      kind: 'insert'
      body: BodyRows
      conflict?: Conflict
      /** Of a PUT: what the rows of the body must be. */
      conditions: readonly PlannedCondition[]
    }
  | { kind: 'update'; body: BodyRows; conditions: readonly PlannedCondition[] }
  | { kind: 'delete'; conditions: readonly PlannedCondition[] }

/** How the arguments of a function are given. */
export type CallArguments =
  | { kind: 'named'; values: readonly NamedArgument[] }
  /** One JSON document, by whose keys they are named. */
  | {
      kind: 'document'
      text: string
      isArray: boolean
      names: readonly { name: string; type: string; isVariadic: boolean }[]
    }
  /** The body is the one argument, which has no name. */
  | { kind: 'body'; text: string; type: string }

export interface NamedArgument {
  name: string
  type: string
  isVariadic: boolean
  /** Text as Postgres reads it; of a variadic argument a list. */
  value: string | readonly string[]
}

interface Common {
  read: ReadPlan
  representation: Representation
  /** Whether exactly one row is asked for. */
  isSingle: boolean
  isReadOnly: boolean
  count: 'estimated' | 'exact' | 'planned' | undefined
  /** Rows that an estimate counts by itself before it asks the planner. */
  maxRows: number | null
}

/** What becomes one statement. */
export type Plan =
  | (Common & { kind: 'read' })
  | (Common & {
      kind: 'mutation'
      relation: QualifiedName
      mutation: Mutation
      result: ResultColumns
      isSingleUpsert: boolean
      /** Columns of the key by which `Location` leads to the row; empty where it is not asked for. */
      location: readonly string[]
      countsInserted: boolean
      /** At most so many rows may be touched. */
      maxAffected: number | undefined
    })
  | (Common & {
      kind: 'call'
      routine: Routine
      arguments: CallArguments
      result: ResultColumns
      maxAffected: number | undefined
    })
