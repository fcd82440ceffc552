import { RequestError } from '../../request-error.ts'
import type { QualifiedName, Routine, SchemaCache } from '../catalog.ts'
import { SimilarNames, similarIn } from './similar-names.ts'

/** What a call has that chooses between functions of one name. */
export interface Call extends QualifiedName {
  /** Names of arguments: parameters by GET, keys of the body by POST. */
  argumentNames: readonly string[]
  /** By POST, the type of the body. */
  contentType: string | undefined
}

/** The types of a single unnamed argument that takes a body as it is. */
const unnamedTypes = new Map<string, readonly string[]>([
  ['application/json', ['json', 'jsonb']],
  ['application/octet-stream', ['bytea']],
  ['text/plain', ['text']],
  ['text/xml', ['xml']],
])

const leastScore = 0.75

/**
 * The one function that takes exactly such arguments; failing that the one that takes the body as it is.
 *
 * @throws RequestError PGRST202 where there is none, PGRST203 where there are several
 */
export function findRoutine(cache: SchemaCache, call: Call): Routine {
  const overloads = cache.routines(call.schema, call.name)
  const named = overloads.filter((routine) => takesArguments(routine, call))
  const found = named.length > 0 ? named : overloads.filter((routine) => takesBody(routine, call))
  const [routine, another] = found
  if (!routine) throw noRoutine(cache, call, overloads)
  if (another) throw ambiguousRoutine(found)
  return routine
}

/** Whether the call gives what it must and nothing that the function has not. */
function takesArguments(routine: Routine, call: Call): boolean {
  if (routine.arguments.length === 0) return call.argumentNames.length === 0 && !isBodyAlone(call)
  const required = routine.arguments.filter(({ isRequired }) => isRequired)
  const names = new Set(routine.arguments.map(({ name }) => name))
  return (
    required.every(({ name }) => call.argumentNames.includes(name)) &&
    call.argumentNames.every((name) => names.has(name))
  )
}

function takesBody({ arguments: [argument, another] }: Routine, { contentType }: Call): boolean {
  if (!argument || another || argument.name !== '' || contentType === undefined) return false
  return unnamedTypes.get(contentType)?.includes(argument.type) ?? false
}

/** A body without names of arguments in it. */
function isBodyAlone({ contentType = '' }: Call): boolean {
  return contentType !== 'application/json' && unnamedTypes.has(contentType)
}

/** In the order of their arguments, whichever was made first. */
function ambiguousRoutine(routines: readonly Routine[]): RequestError {
  const candidates = routines
    .map(({ schema, name, arguments: all }) => {
      const signature = all.map((argument) => `${argument.name} => ${argument.type}`).join(', ')
      return `${schema}.${name}(${signature})`
    })
    .toSorted()
  return new RequestError(
    300,
    'PGRST203',
    `Could not choose the best candidate function between: ${candidates.join(', ')}`,
    {
      hint:
        'Try renaming the parameters or the function itself in the database ' +
        'so function overloading can be resolved',
    },
  )
}

function noRoutine(cache: SchemaCache, call: Call, overloads: readonly Routine[]): RequestError {
  const routine = `${call.schema}.${call.name}`
  const names = [...new Set(call.argumentNames)].toSorted()
  const isAlone = isBodyAlone(call)
  const none = names.length === 0
  const shown = isAlone ? '' : none ? ' without parameters' : `(${names.join(', ')})`
  const listed = none
    ? ' without parameters'
    : ` with parameter${names.length > 1 ? 's' : ''} ${names.join(', ')}`
  const unnamed = unnamedTypes.get(call.contentType ?? '')?.join('/')
  const searched = isAlone
    ? ` with a single unnamed ${unnamed} parameter`
    : `${listed}${unnamed === undefined ? '' : ` or with a single unnamed ${unnamed} parameter`}`
  return new RequestError(
    404,
    'PGRST202',
    `Could not find the function ${routine}${shown} in the schema cache`,
    {
      details: `Searched for the function ${routine}${searched}, but no matches were found in the schema cache.`,
      hint: isAlone ? null : perhapsMeant(cache, call, overloads),
    },
  )
}

function perhapsMeant(cache: SchemaCache, call: Call, overloads: readonly Routine[]): string | null {
  const signature = (names: readonly string[]) => `(${names.toSorted().join(', ')})`
  const [meant] =
    overloads.length === 0
      ? similarIn(cache.routineNames(call.schema)).to(call.name, leastScore)
      : new SimilarNames(overloads.map(({ arguments: all }) => signature(all.map(({ name }) => name)))).to(
          signature(call.argumentNames),
        )
  if (!meant) return null
  const name = overloads.length === 0 ? meant.name : `${call.name}${meant.name}`
  return `Perhaps you meant to call the function ${call.schema}.${name}`
}
