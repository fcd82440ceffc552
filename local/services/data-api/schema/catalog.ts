/** A name in the catalog. */
export interface QualifiedName {
  schema: string
  name: string
}

export interface Column {
  name: string
  /** As Postgres writes it, fit for a cast: `character varying(20)`, `public."Mood"[]`. */
  type: string
  /** The type under a domain. */
  baseType: string
  isNullable: boolean
  /** An expression, of its domain where it has none of its own; null where Postgres alone may write the column. */
  default: string | null
  maxLength: number | null
  enumLabels: readonly string[]
  comment: string | null
}

export interface Relation extends QualifiedName {
  kind: 'foreign table' | 'materialized view' | 'partitioned table' | 'table' | 'view'
  comment: string | null
  columns: ReadonlyMap<string, Column>
  primaryKey: readonly string[]
  /** Every key by which a row is found, the primary key among them; of a view those of its tables. */
  uniqueKeys: readonly (readonly string[])[]
  isInsertable: boolean
  isUpdatable: boolean
  isDeletable: boolean
}

/** Columns here and the columns there that they lead to. */
export type ColumnPairs = readonly (readonly [here: string, there: string])[]

/** How rows of `from` lead to rows of `to`, which may stand in a schema that is not exposed. */
export interface Relationship {
  from: QualifiedName
  to: QualifiedName
  /** 'one-to-one' leads to at most one row, in either direction. */
  cardinality: 'many-to-many' | 'many-to-one' | 'one-to-many' | 'one-to-one'
  isSelf: boolean
  /** The foreign key; of a junction the one that leads to it. */
  constraint: string
  /** Whether the foreign key stands on `from` ('many-to-one', and one side of 'one-to-one'). */
  isOwn: boolean
  columns: ColumnPairs
  /** Of many-to-many: `columns` leads from `from` to it, `onward` from it to `to`. */
  junction?: QualifiedName & { constraint: string; onward: ColumnPairs }
}

/** A function over a row that gives rows: `function movies(directors) returns setof films`. */
export interface ComputedRelationship {
  routine: QualifiedName
  from: QualifiedName
  to: QualifiedName
  isToOne: boolean
}

export interface Argument {
  /** Empty where it has none. */
  name: string
  type: string
  /** What a value of it is cast to: `type`, but for `bit` and `character`, which would cut it to one. */
  castType: string
  isRequired: boolean
  isVariadic: boolean
}

export interface Routine extends QualifiedName {
  oid: number
  comment: string | null
  arguments: readonly Argument[]
  /** Of out arguments and `returns table`: the columns. */
  resultColumns: readonly { name: string; type: string }[]
  result: {
    type: string
    isSet: boolean
    kind: 'composite' | 'record' | 'scalar' | 'void'
    /** The table, view or composite type of rows, under a domain too. */
    rows?: QualifiedName
  }
  volatility: 'immutable' | 'stable' | 'volatile'
  /** `set …` of the function that the session takes over: statement_timeout and the like. */
  settings: readonly (readonly [name: string, value: string])[]
}

/** A function that answers a media type of its own: an aggregate over `rows`, or a function that returns the domain. */
export interface MediaHandler {
  /** In lower case; `*\/*` for one that answers whatever is asked for. */
  mediaType: string
  kind: 'aggregate' | 'function'
  routine: QualifiedName
  /** Of an aggregate; undefined: of anything. */
  rows?: QualifiedName
}

/** What the Data API knows of the database, until it is told to look again. Names are looked up in maps alone. */
export interface SchemaCache {
  relation(schema: string, name: string): Relation | undefined
  relationNames(schema: string): readonly string[]
  /** Every overload. */
  routines(schema: string, name: string): readonly Routine[]
  routineNames(schema: string): readonly string[]
  /** Everything that a relation leads to by keys, of tables and derived for views. */
  relationshipsOf(relation: QualifiedName): readonly Relationship[]
  computedRelationshipsOf(relation: QualifiedName): readonly ComputedRelationship[]
  /** A function of one argument, the relation's row, that gives a value. */
  computedField(relation: QualifiedName, name: string): Routine | undefined
  /** The columns of a composite type that is no relation. */
  compositeColumns(type: QualifiedName): ReadonlyMap<string, Column> | undefined
  mediaHandlers(): readonly MediaHandler[]
  /** The function of an implicit cast between a domain and `json` or `text`; types as in `Column.type`. */
  representation(from: string, to: string): QualifiedName | undefined
  hasSchema(name: string): boolean
}
