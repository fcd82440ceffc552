import { type ComponentType, componentDataSchemas } from '../../types/component-data.ts'
import { isKeepable } from '../../types/json-values.ts'

/** Data that no component shows: where it is wrong, never what stands there. */
export class DataNotValidError extends Error {
  override name = 'DataNotValidError'
  readonly code = 'data_not_valid'
  readonly path: string
  /** More of it, which repeats what a mapping says: for who may read the mapping. */
  readonly particulars: string | undefined

  constructor(message: string, path: string, particulars?: string) {
    super(message)
    this.path = path
    this.particulars = particulars
  }
}

/** The types of components whose data can be made here. */
export const componentTypes = Object.keys(componentDataSchemas)

/** @throws {DataNotValidError} naming the first place that is wrong */
export function requireData(type: string, data: unknown): Record<string, unknown> {
  if (!isComponentType(type)) throw new DataNotValidError('There is no such type of component.', 'type')
  const result = componentDataSchemas[type].safeParse(data)
  if (result.success) return result.data
  const path = result.error.issues[0]?.path.map(String).join('.').slice(0, 200) || 'data'
  throw new DataNotValidError(`The data is not what a component of the type ${type} shows.`, path)
}

/** Far more than a component shows, and far less than what the database refuses. */
const deepest = 100

/**
 * Data of a component whose schema the database holds. What no database can keep is a failure of its source: found
 * while it is kept, it would be nobody's, take along what is kept beside it, and be asked for again every minute.
 *
 * @throws {DataNotValidError}
 */
export function requireStorable(data: unknown): unknown {
  if (!isKeepable(data, deepest))
    throw new DataNotValidError('The data holds what cannot be stored, or nests too deeply.', 'data')
  return data
}

/** Whether components of a type show data. */
export function isComponentType(type: string): type is ComponentType {
  return Object.hasOwn(componentDataSchemas, type)
}
