import type { z } from 'zod'
import {
  type ComponentFile,
  componentFileSchema,
  type DashboardFile,
  dashboardFileSchema,
  type RoleFile,
  roleFileSchema,
  type ThemeFile,
  themeFileSchema,
} from './documents.ts'

/** The documents that stand in a folder of their kind, a file each. */
export interface Documents {
  roles: RoleFile
  components: ComponentFile
  themes: ThemeFile
  dashboards: DashboardFile
}

export type Kind = keyof Documents

/** In the order in which one may refer to another. */
export const kinds = ['roles', 'components', 'themes', 'dashboards'] as const satisfies Kind[]

export const schemas: { [K in Kind]: z.ZodType<Documents[K]> } = {
  roles: roleFileSchema,
  components: componentFileSchema,
  themes: themeFileSchema,
  dashboards: dashboardFileSchema,
}

/** What a document goes by in its workspace: its key, or a name, which several may share. */
export const nameOf: { [K in Kind]: (document: Documents[K]) => string } = {
  roles: ({ key }) => key,
  components: ({ id, version }) => `${id}@${version}`,
  themes: ({ name }) => name,
  dashboards: ({ name }) => name,
}

/** Whether there is one of a name at most. */
export const isNameUnique: Record<Kind, boolean> = {
  roles: true,
  components: true,
  themes: false,
  dashboards: false,
}

/** Things by what they go by, the second of one name apart from the first. */
export function byIdentity<K extends Kind, Thing extends { document: Documents[K] }>(
  kind: K,
  things: Thing[],
): Map<string, Thing> {
  return byNameAndPlace(things, ({ document }) => nameOf[kind](document))
}

/** Things that are not read as documents, by the same identities. */
export function byNameAndPlace<Thing>(
  things: Thing[],
  nameOfThing: (thing: Thing) => string,
): Map<string, Thing> {
  const counts = new Map<string, number>()
  return new Map(
    things.map((thing) => {
      const name = nameOfThing(thing)
      const place = (counts.get(name) ?? 0) + 1
      counts.set(name, place)
      return [JSON.stringify([name, place]), thing]
    }),
  )
}
