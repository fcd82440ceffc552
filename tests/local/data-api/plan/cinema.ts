import {
  type Plan,
  type PlanContext,
  planRequest,
  type ReadPlan,
} from '../../../../local/services/data-api/plan/index.ts'
import { readRequest } from '../../../../local/services/data-api/request/index.ts'
import { RequestError } from '../../../../local/services/data-api/request-error.ts'
import type {
  Argument,
  Column,
  ColumnPairs,
  MediaHandler,
  Relation,
  Relationship,
  Routine,
} from '../../../../local/services/data-api/schema/catalog.ts'
import { LoadedSchema } from '../../../../local/services/data-api/schema/loaded-schema.ts'
import { keyOf } from '../../../../local/services/data-api/schema/names.ts'

// A schema that no database has: directors, their films, the actors in them, and functions.

const named = (name: string) => ({ schema: 'public', name })

function column(name: string, type: string): Column {
  return {
    name,
    type,
    baseType: type === 'public.color' ? 'text' : type,
    isNullable: true,
    default: name === 'id' ? "nextval('public.ids')" : null,
    maxLength: null,
    enumLabels: [],
    comment: null,
  }
}

function table(name: string, columns: Record<string, string>, primaryKey: readonly string[]): Relation {
  return {
    ...named(name),
    kind: 'table',
    comment: null,
    columns: new Map(Object.entries(columns).map(([key, type]) => [key, column(key, type)])),
    primaryKey,
    uniqueKeys: [primaryKey],
    isInsertable: true,
    isUpdatable: true,
    isDeletable: true,
  }
}

const relations = [
  table('directors', { id: 'integer', name: 'text', mentor: 'integer', tint: 'public.color' }, ['id']),
  table(
    'films',
    {
      id: 'integer',
      title: 'text',
      data: 'jsonb',
      words: 'tsvector',
      director: 'integer',
      writer: 'integer',
    },
    ['id'],
  ),
  table('actors', { id: 'integer', name: 'text' }, ['id']),
  table('roles', { film: 'integer', actor: 'integer', name: 'text' }, ['film', 'actor']),
  table('notes', { body: 'text' }, []),
  { ...table('inbox', { id: 'integer', body: 'text' }, ['id']), isUpdatable: false, isDeletable: false },
]

function foreignKey(constraint: string, from: string, to: string, pairs: ColumnPairs): Relationship[] {
  const isSelf = from === to
  const back = pairs.map(([here, there]) => [there, here] as const)
  const common = { constraint, isSelf }
  return [
    { ...common, from: named(from), to: named(to), cardinality: 'many-to-one', isOwn: true, columns: pairs },
    { ...common, from: named(to), to: named(from), cardinality: 'one-to-many', isOwn: false, columns: back },
  ]
}

const relationships = [
  ...foreignKey('films_director_fkey', 'films', 'directors', [['director', 'id']]),
  ...foreignKey('films_writer_fkey', 'films', 'directors', [['writer', 'id']]),
  ...foreignKey('directors_mentor_fkey', 'directors', 'directors', [['mentor', 'id']]),
  ...foreignKey('roles_film_fkey', 'roles', 'films', [['film', 'id']]),
  ...foreignKey('roles_actor_fkey', 'roles', 'actors', [['actor', 'id']]),
  {
    from: named('films'),
    to: named('actors'),
    cardinality: 'many-to-many' as const,
    isSelf: false,
    constraint: 'roles_film_fkey',
    isOwn: false,
    columns: [['id', 'film']] as const,
    junction: { ...named('roles'), constraint: 'roles_actor_fkey', onward: [['actor', 'id']] as const },
  },
]

function argument(name: string, type: string, more: Partial<Argument> = {}): Argument {
  return { name, type, castType: type, isRequired: true, isVariadic: false, ...more }
}

function routine(name: string, more: Partial<Routine>): Routine {
  return {
    ...named(name),
    oid: 1,
    comment: null,
    arguments: [],
    resultColumns: [],
    result: { type: 'integer', isSet: false, kind: 'scalar' },
    volatility: 'volatile',
    settings: [],
    ...more,
  }
}

const films: Routine['result'] = {
  type: 'public.films',
  isSet: true,
  kind: 'composite',
  rows: named('films'),
}

const initials = routine('initials', {
  arguments: [argument('', 'public.directors')],
  result: { type: 'text', isSet: false, kind: 'scalar' },
})

const routines = [
  routine('find', {
    arguments: [argument('words', 'text'), argument('most', 'integer', { isRequired: false })],
    result: films,
    volatility: 'stable',
  }),
  routine('add', { arguments: [argument('a', 'integer'), argument('b', 'integer')] }),
  routine('sum_of', { arguments: [argument('v', 'integer[]', { isVariadic: true })] }),
  routine('length_of', { arguments: [argument('', 'text')] }),
  routine('count_of', { arguments: [argument('', 'json')] }),
  routine('blob_of', { arguments: [argument('', 'bytea')] }),
  routine('twice', { arguments: [argument('n', 'text')] }),
  routine('twice', { arguments: [argument('n', 'integer')] }),
]

const handlers: MediaHandler[] = [
  { mediaType: 'application/x.films', kind: 'aggregate', routine: named('films_agg'), rows: named('films') },
  { mediaType: 'text/x-any', kind: 'aggregate', routine: named('any_agg') },
]

const byKey = <Item>(items: readonly Item[], key: (item: Item) => string) => Map.groupBy(items, key)

export const cinema = new LoadedSchema({
  schemas: new Set(['public']),
  relations: new Map(relations.map((relation) => [keyOf(relation), relation])),
  composites: new Map(),
  routines: byKey(routines, keyOf),
  relationships: byKey<Relationship>(relationships, ({ from }) => keyOf(from)),
  computedRelationships: new Map([
    [
      keyOf(named('directors')),
      [{ routine: named('best'), from: named('directors'), to: named('films'), isToOne: true }],
    ],
  ]),
  computedFields: new Map([[keyOf(named('directors')), new Map([['initials', initials]])]]),
  mediaHandlers: handlers,
  representations: new Map([
    ['public.color', new Map([['json', named('color_json')]])],
    ['json', new Map([['public.color', named('color_of_json')]])],
    ['text', new Map([['public.color', named('color_of_text')]])],
  ]),
})

const usual: PlanContext = { cache: cinema, maxRows: 1000, aggregates: true }

/** The plan of a request below the prefix. */
export async function planOf(
  path: string,
  init: RequestInit = {},
  context: Partial<PlanContext> = {},
): Promise<Plan> {
  const request = await readRequest(new Request(`http://localhost/rest/v1${path}`, init), {
    prefix: '/rest/v1',
    schemas: ['public'],
  })
  return planRequest({ ...usual, ...context }, request)
}

/** What a GET reads. */
export async function readOf(path: string, context: Partial<PlanContext> = {}): Promise<ReadPlan> {
  return (await planOf(path, {}, context)).read
}

/** The plan of a write or a call with a JSON body. */
export function planOfBody(
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
) {
  return planOf(path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

/** The statuses of PostgREST for its codes; those that are not here are 400. */
const statuses: Record<string, number> = {
  PGRST105: 405,
  PGRST107: 406,
  PGRST201: 300,
  PGRST202: 404,
  PGRST203: 300,
  PGRST205: 404,
}

/** The code of a refusal, which has the status of the code. */
export async function codeOf(plan: Promise<unknown>): Promise<string> {
  try {
    await plan
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    const { code, status } = error
    if (status !== (statuses[code] ?? 400)) throw new Error(`${code} has the status ${status}`)
    return code
  }
  throw new Error('It was planned')
}
