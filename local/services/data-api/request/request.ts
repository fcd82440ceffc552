/** A step into a JSON value: `->key`, `->0`, `->>key`. */
export interface JsonStep {
  key: string | number
  /** `->>`: the value as text. */
  asText: boolean
}

/** A column, or a place in the JSON that it holds. The name may also be that of a computed field. */
export interface Field {
  name: string
  path: readonly JsonStep[]
}

export type AggregateFunction = 'avg' | 'count' | 'max' | 'min' | 'sum'

/** `hint`: a foreign key, a column or a junction. */
export interface RelationName {
  name: string
  hint?: string
}

/** What stands between two commas of `select`. */
export type SelectItem =
  | { kind: 'all' }
  | {
      kind: 'field'
      field: Field
      alias?: string
      /** `field::type`, before an aggregate. */
      cast?: string
      aggregate?: { name: AggregateFunction; cast?: string }
    }
  /** `count()` of rows. */
  | { kind: 'count'; alias?: string; cast?: string }
  | {
      kind: 'relation'
      relation: RelationName
      alias?: string
      join?: 'inner' | 'left'
      /** `...relation(…)`: its columns among those of the parent. */
      isSpread: boolean
      select: readonly SelectItem[]
    }

export type Quantifier = 'all' | 'any'

/** Operators that take one value as it stands, in the words of PostgREST. */
export type PlainOperator =
  | 'adj'
  | 'cd'
  | 'cs'
  | 'eq'
  | 'gt'
  | 'gte'
  | 'ilike'
  | 'imatch'
  | 'isdistinct'
  | 'like'
  | 'lt'
  | 'lte'
  | 'match'
  | 'neq'
  | 'nxl'
  | 'nxr'
  | 'ov'
  | 'sl'
  | 'sr'

/** Those that `(any)` and `(all)` may follow. */
export type QuantifiableOperator = 'eq' | 'gt' | 'gte' | 'ilike' | 'imatch' | 'like' | 'lt' | 'lte' | 'match'

export type TextSearchOperator = 'fts' | 'phfts' | 'plfts' | 'wfts'

export type Operation =
  | { operator: PlainOperator; value: string }
  /** The value is an array as Postgres writes it: `like(any).{a*,b*}`. */
  | { operator: QuantifiableOperator; quantifier: Quantifier; value: string }
  /** No values where nothing stood between the parentheses. */
  | { operator: 'in'; values: readonly string[] }
  | { operator: 'is'; value: 'false' | 'not_null' | 'null' | 'true' | 'unknown' }
  | { operator: TextSearchOperator; language?: string; value: string }

/** A condition; in a tree of logic the name of a field may be that of an embed (`embed.is.null`). */
export type Condition =
  | { kind: 'filter'; isNegated: boolean; field: Field; operation: Operation }
  | { kind: 'logic'; isNegated: boolean; operator: 'and' | 'or'; conditions: readonly Condition[] }

export interface OrderTerm {
  field: Field
  /** `relation(field)`: by a column of a to-one embed. */
  relation?: RelationName
  direction?: 'asc' | 'desc'
  nulls?: 'first' | 'last'
}

/** What a parameter says of one embed; the empty path is the resource itself: `a.b.order=…` has ['a', 'b']. */
export interface Placed<Value> {
  path: readonly string[]
  value: Value
}

/** From the offset on, at most so many; a limit of null asks for everything. What `Range` says is worked in. */
export interface RowRange {
  offset: number
  limit: number | null
}

export interface Preferences {
  /** What stood in `Prefer` and was understood, in its words, for `Preference-Applied`. */
  resolution?: 'ignore-duplicates' | 'merge-duplicates'
  representation?: 'headers-only' | 'minimal' | 'representation'
  count?: 'estimated' | 'exact' | 'planned'
  transaction?: 'commit' | 'rollback'
  missing?: 'default' | 'null'
  handling?: 'lenient' | 'strict'
  timezone?: string
  maxAffected?: number
  /** Not understood; with `handling=strict` an error. */
  invalid: readonly string[]
}

export type Target =
  | { kind: 'relation'; name: string }
  | { kind: 'function'; name: string }
  /** The OpenAPI document. */
  | { kind: 'root' }

export type Method = 'DELETE' | 'GET' | 'HEAD' | 'OPTIONS' | 'PATCH' | 'POST' | 'PUT'

export interface MediaType {
  /** In lower case, without parameters: `application/json`, `application/vnd.pgrst.object+json`, `*\/*`. */
  name: string
  parameters: ReadonlyMap<string, string>
}

/** The body of a write or a call. */
export type Payload =
  | { kind: 'none' }
  /**
   * `keys`: those of every object, or what `columns` names, and then the text was not looked into. `isEmpty`: there
   * are no rows (`[]`); `{}` is a row of defaults.
   */
  | { kind: 'json'; text: string; isArray: boolean; isEmpty: boolean; keys: readonly string[] }
  /** The body as it came: of a call with one unnamed argument. */
  | { kind: 'raw'; bytes: Uint8Array; text: string }

/** The value is undefined where no `=` stood. */
export type QueryParameter = readonly [name: string, value: string | undefined]

/** A request of which every part was read, and none was looked up. Names are as they came. */
export interface ApiRequest {
  method: Method
  /** Every parameter of the URL as it came, decoded, but for a key of the gateway. */
  query: readonly QueryParameter[]
  schema: string
  /** Whether there was a choice, by a header or among several schemas: the answer names it in `Content-Profile`. */
  isProfiled: boolean
  target: Target
  /** Empty: everything that the resource has. */
  select: readonly SelectItem[]
  /** Arguments of a function by GET or from a form, in their order; filters of its result stand in `conditions`. */
  parameters: readonly (readonly [name: string, value: string])[]
  conditions: readonly Placed<Condition>[]
  order: readonly Placed<readonly OrderTerm[]>[]
  ranges: readonly Placed<RowRange>[]
  /** Which keys of a JSON body count: its `keys` are these. Of CSV and forms they say nothing, as in PostgREST. */
  columns: readonly string[] | undefined
  onConflict: readonly string[] | undefined
  preferences: Preferences
  /** In the order in which the client wants them. */
  accept: readonly MediaType[]
  contentType: MediaType
  payload: Payload
}
