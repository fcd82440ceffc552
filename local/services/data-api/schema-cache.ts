import type { IntrospectResult } from '@supabase/lite'
import { joinedForeignKeys, joinedUniqueConstraints } from './composite-keys.ts'
import { Relationships } from './relationships.ts'

type Columns = ReadonlyMap<string, IntrospectResult['columns'][number]>
interface CompositeField {
  name: string
  type: string
}
type FunctionInfo = NonNullable<IntrospectResult['functions']>[number]

/** What the API knows of the exposed schemas, until it is told to look again. */
export class SchemaCache {
  readonly introspection: IntrospectResult
  readonly #relations: ReadonlySet<string>
  readonly #columns = new Map<string, Columns>()
  readonly #relationships = new Map<string, Relationships>()

  /** Keeps what lies in `schemas`: the rest can be neither reached nor embedded. */
  constructor(all: IntrospectResult, schemas: readonly string[]) {
    const exposed = (item: { schema?: string }) => schemas.includes(item.schema ?? '')
    const foreignKeys = joinedForeignKeys(
      all.foreign_keys.filter((key) => exposed(key) && exposed({ schema: referencedSchema(key) })),
    )
    this.introspection = {
      ...all,
      default_schema: schemas[0],
      tables: all.tables.filter(exposed),
      views: all.views.filter(exposed),
      columns: all.columns.filter(exposed),
      // PostgREST goes by constraints; and of an index of expressions lite names the plain columns alone.
      indexes: [],
      primary_keys: all.primary_keys.filter(exposed),
      foreign_keys: foreignKeys,
      functions: all.functions?.filter(exposed),
      partitions: all.partitions?.filter(exposed),
      check_constraints: all.check_constraints.filter(exposed),
      unique_constraints: [
        ...all.unique_constraints.filter(exposed),
        ...joinedUniqueConstraints(foreignKeys, all),
      ],
      comments: all.comments.filter(exposed),
    }
    const { tables, views } = this.introspection
    this.#relations = new Set([...tables, ...views].map(({ schema, name }) => `${schema}.${name}`))
  }

  hasRelation(schema: string, name: string): boolean {
    return this.#relations.has(`${schema}.${name}`)
  }

  relationNames(schema: string): string[] {
    const { tables, views } = this.introspection
    return [...tables, ...views].filter((relation) => relation.schema === schema).map(({ name }) => name)
  }

  columnsOf(schema: string, relation: string): Columns {
    const key = `${schema}.${relation}`
    const known = this.#columns.get(key)
    if (known) return known
    const columns = new Map(
      this.introspection.columns
        .filter((column) => column.schema === schema && column.table === relation)
        .map((column) => [column.name, column]),
    )
    this.#columns.set(key, columns)
    return columns
  }

  /** How the tables of a schema lead to each other. */
  relationshipsIn(schema: string): Relationships {
    const known = this.#relationships.get(schema) ?? new Relationships(this.introspection, schema)
    this.#relationships.set(schema, known)
    return known
  }

  /** Whether it is a table and no view: what leads to and from views is derived from their tables. */
  hasTable(schema: string, name: string): boolean {
    const named = (relation: { schema?: string; name: string }) =>
      relation.schema === schema && relation.name === name
    return this.introspection.tables.some(named) && !this.introspection.views.some(named)
  }

  hasFunction(schema: string, name: string): boolean {
    return (this.introspection.functions ?? []).some((each) => each.schema === schema && each.name === name)
  }

  /** The function that takes exactly such arguments; undefined where none or several do. */
  functionFor(schema: string, name: string, argumentNames: readonly string[]): FunctionInfo | undefined {
    const candidates = (this.introspection.functions ?? []).filter(
      (candidate) =>
        candidate.schema === schema && candidate.name === name && accepts(candidate, argumentNames),
    )
    return candidates.length === 1 ? candidates[0] : undefined
  }

  /** The fields of a composite type, in their order; undefined for any other type. */
  compositeFields(schema: string | undefined, name: string): CompositeField[] | undefined {
    return this.introspection.custom_types.find(
      (type) => type.kind === 'composite' && type.type === name && (!schema || type.schema === schema),
    )?.fields
  }
}

function accepts(candidate: FunctionInfo, names: readonly string[]): boolean {
  const required = candidate.arg_types.length - candidate.arg_defaults - (candidate.has_variadic ? 1 : 0)
  if (candidate.arg_types.length === 1 && candidate.arg_names.length === 0) return true
  return (
    names.every((name) => candidate.arg_names.includes(name)) &&
    candidate.arg_names.slice(0, required).every((name) => names.includes(name))
  )
}

/** lite leaves the schema of the referenced table to the constraint's text, which names it where it must. */
function referencedSchema({ schema, ref_schema, fk_def }: IntrospectResult['foreign_keys'][number]): string {
  if (ref_schema) return ref_schema
  const [, quoted, plain] = /REFERENCES (?:"((?:[^"]|"")+)"|(\w+))\./.exec(fk_def) ?? []
  return quoted?.replaceAll('""', '"') ?? plain ?? schema
}
