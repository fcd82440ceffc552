import type {
  Column,
  ComputedRelationship,
  MediaHandler,
  QualifiedName,
  Relation,
  Relationship,
  Routine,
  SchemaCache,
} from './catalog.ts'
import { keyOf } from './names.ts'

type ByName<Value> = ReadonlyMap<string, Value>

/** What was read of the catalog, by the keys of names. */
export interface SchemaParts {
  schemas: ReadonlySet<string>
  relations: ByName<Relation>
  composites: ByName<ReadonlyMap<string, Column>>
  routines: ByName<readonly Routine[]>
  relationships: ByName<readonly Relationship[]>
  computedRelationships: ByName<readonly ComputedRelationship[]>
  computedFields: ByName<ReadonlyMap<string, Routine>>
  mediaHandlers: readonly MediaHandler[]
  /** From type to type to function. */
  representations: ByName<ReadonlyMap<string, QualifiedName>>
}

const none: readonly never[] = []

export class LoadedSchema implements SchemaCache {
  readonly #parts: SchemaParts
  readonly #relationNames: ByName<readonly string[]>
  readonly #routineNames: ByName<readonly string[]>

  constructor(parts: SchemaParts) {
    this.#parts = parts
    this.#relationNames = namesBySchema([...parts.relations.values()])
    this.#routineNames = namesBySchema([...parts.routines.values()].flatMap(([first]) => first ?? []))
  }

  relation(schema: string, name: string): Relation | undefined {
    return this.#parts.relations.get(keyOf({ schema, name }))
  }

  relationNames(schema: string): readonly string[] {
    return this.#relationNames.get(schema) ?? none
  }

  routines(schema: string, name: string): readonly Routine[] {
    return this.#parts.routines.get(keyOf({ schema, name })) ?? none
  }

  routineNames(schema: string): readonly string[] {
    return this.#routineNames.get(schema) ?? none
  }

  relationshipsOf(relation: QualifiedName): readonly Relationship[] {
    return this.#parts.relationships.get(keyOf(relation)) ?? none
  }

  computedRelationshipsOf(relation: QualifiedName): readonly ComputedRelationship[] {
    return this.#parts.computedRelationships.get(keyOf(relation)) ?? none
  }

  computedField(relation: QualifiedName, name: string): Routine | undefined {
    return this.#parts.computedFields.get(keyOf(relation))?.get(name)
  }

  compositeColumns(type: QualifiedName): ReadonlyMap<string, Column> | undefined {
    return this.#parts.composites.get(keyOf(type))
  }

  mediaHandlers(): readonly MediaHandler[] {
    return this.#parts.mediaHandlers
  }

  representation(from: string, to: string): QualifiedName | undefined {
    return this.#parts.representations.get(from)?.get(to)
  }

  hasSchema(name: string): boolean {
    return this.#parts.schemas.has(name)
  }
}

function namesBySchema(named: readonly QualifiedName[]): ByName<readonly string[]> {
  const names = new Map<string, string[]>()
  for (const { schema, name } of named) {
    const known = names.get(schema)
    if (known) known.push(name)
    else names.set(schema, [name])
  }
  return names
}
