import { type ComponentType, componentDataSchemas } from '../../types/component-data.ts'

/** Data that no component shows: where it is wrong, never what stands there. */
export class DataNotValidError extends Error {
  override name = 'DataNotValidError'
  readonly code = 'data_not_valid'
  readonly path: string

  constructor(message: string, path: string) {
    super(message)
    this.path = path
  }
}

/** @throws {DataNotValidError} naming the first place that is wrong */
export function requireData(type: string, data: unknown): Record<string, unknown> {
  if (!isComponentType(type)) throw new DataNotValidError('There is no such type of component.', 'type')
  const result = componentDataSchemas[type].safeParse(data)
  if (result.success) return result.data
  const path = result.error.issues[0]?.path.map(String).join('.').slice(0, 200) || 'data'
  throw new DataNotValidError(`The data is not what a component of the type ${type} shows.`, path)
}

function isComponentType(type: string): type is ComponentType {
  return Object.hasOwn(componentDataSchemas, type)
}
