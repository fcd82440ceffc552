import type { QualifiedName } from './catalog.ts'

/** A name as one key of a map: no name in Postgres has the character between the two. */
export function keyOf({ schema, name }: QualifiedName): string {
  return `${schema}\0${name}`
}

export function isSameName(one: QualifiedName, other: QualifiedName): boolean {
  return one.schema === other.schema && one.name === other.name
}
