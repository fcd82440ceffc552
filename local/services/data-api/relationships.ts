/*
 * Which ways lead from one table to another, as PostgREST finds them. lite sees a many-to-many in every table with keys
 * to both sides, and PostgREST only in a junction: where the columns of both keys are part of the primary key.
 */
import type { IntrospectResult } from '@supabase/lite'
import { columnsOfKey } from './composite-keys.ts'

type ForeignKey = IntrospectResult['foreign_keys'][number]

/** One way from a table to another. */
export interface Relationship {
  cardinality: 'many-to-one' | 'one-to-many' | 'one-to-one' | 'many-to-many'
  /** What a request puts behind `!` to mean this one. */
  hint: string
  /** The keys with their columns, as an ambiguous request is told of them. */
  description: string
}

/** What a pair of tables has between it. */
export interface Ways {
  relationships: readonly Relationship[]
  /** Tables with keys to both sides that are no junctions. */
  mistakable: ReadonlySet<string>
}

/** Finds the ways between the tables of one schema. */
export class Relationships {
  readonly #keys: readonly ForeignKey[]
  readonly #catalog: IntrospectResult
  readonly #schema: string
  readonly #found = new Map<string, Ways>()

  constructor(catalog: IntrospectResult, schema: string) {
    this.#catalog = catalog
    this.#schema = schema
    // A partition has the keys of its table once more.
    const partitions = new Set(
      catalog.partitions?.filter((each) => each.schema === schema).map(({ name }) => name),
    )
    this.#keys = catalog.foreign_keys.filter(
      (key) =>
        key.schema === schema &&
        (key.ref_schema ?? schema) === schema &&
        key.is_visible !== false &&
        !partitions.has(key.table),
    )
  }

  between(from: string, to: string): Ways {
    const pair = JSON.stringify([from, to])
    const found = this.#found.get(pair) ?? this.#find(from, to)
    this.#found.set(pair, found)
    return found
  }

  /** Whether a name stands for a key or one of its columns where a request would have it stand for a table. */
  isOfKey(table: string, name: string): boolean {
    return this.#keys.some(
      (key) =>
        (key.table === table && (key.column === name || key.foreign_key_name === name)) ||
        (key.ref_table === table && (key.ref_column === name || key.foreign_key_name === name)),
    )
  }

  #find(from: string, to: string): Ways {
    const forward = this.#keys.filter((key) => key.table === from && key.ref_table === to)
    const backward = this.#keys.filter((key) => key.table === to && key.ref_table === from)
    const through = this.#keys
      .filter((key) => key.ref_table === from && key.table !== from && key.table !== to)
      .flatMap((near) =>
        this.#keys
          .filter((far) => far !== near && far.table === near.table && far.ref_table === to)
          .map((far) => ({ near, far })),
      )
    const junctions = through.filter(({ near, far }) => this.#isJunction(near, far))
    return {
      relationships: [
        ...backward.map((key) => this.#direct(key, 'one-to-many')),
        ...forward.map((key) => this.#direct(key, 'many-to-one')),
        ...junctions.map(many),
      ],
      mistakable: new Set(through.filter((pair) => !junctions.includes(pair)).map(({ near }) => near.table)),
    }
  }

  #direct(key: ForeignKey, cardinality: 'one-to-many' | 'many-to-one'): Relationship {
    const ends = [`${key.table}(${key.column})`, `${key.ref_table}(${key.ref_column})`]
    const [near, far] = cardinality === 'many-to-one' ? ends : ends.reverse()
    return {
      cardinality: this.#isUnique(key) ? 'one-to-one' : cardinality,
      hint: key.foreign_key_name,
      description: `${key.foreign_key_name} using ${near} and ${far}`,
    }
  }

  #isJunction(near: ForeignKey, far: ForeignKey): boolean {
    const primary = this.#catalog.primary_keys.find(
      ({ schema, table }) => schema === this.#schema && table === near.table,
    )
    const columns = [...columnsOfKey(near), ...columnsOfKey(far)]
    return (
      columns.every((column) => primary?.columns.includes(column)) &&
      !this.#isUnique(near) &&
      !this.#isUnique(far)
    )
  }

  #isUnique(key: ForeignKey): boolean {
    const columns = columnsOfKey(key).toSorted().join()
    return [...this.#catalog.primary_keys, ...this.#catalog.unique_constraints].some(
      (unique) =>
        unique.schema === this.#schema &&
        unique.table === key.table &&
        unique.columns.toSorted().join() === columns,
    )
  }
}

function many({ near, far }: { near: ForeignKey; far: ForeignKey }): Relationship {
  const [one, other] = [near, far].map((key) => `${key.foreign_key_name}(${key.column})`)
  return {
    cardinality: 'many-to-many',
    hint: near.table,
    description: `${near.table} using ${one} and ${other}`,
  }
}
