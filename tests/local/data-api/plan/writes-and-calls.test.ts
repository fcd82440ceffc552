/*
 * What a request to write or to call wants of the database, and of its rows afterwards. No database is asked.
 */
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../../../local/services/data-api/plan/index.ts'
import { codeOf, planOf, planOfBody } from './cinema.ts'

type Mutation = Extract<Plan, { kind: 'mutation' }>
type Call = Extract<Plan, { kind: 'call' }>

async function write(method: string, path: string, body: unknown, prefer = ''): Promise<Mutation> {
  const plan = await planOfBody(method, path, body, { prefer })
  if (plan.kind !== 'mutation') throw new Error('No mutation')
  return plan
}

async function call(path: string, init: RequestInit = {}): Promise<Call> {
  const plan = await planOf(path, init)
  if (plan.kind !== 'call') throw new Error('No call')
  return plan
}

const post = (body: string, contentType = 'application/json'): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': contentType },
  body,
})

describe('an insert', () => {
  it('sets the columns of the body, each of its type', async () => {
    const { mutation } = await write('POST', '/films', [{ id: 1, title: 'a' }])
    expect(mutation).toMatchObject({ kind: 'insert', body: { isArray: true, usesDefaults: false } })
    expect(mutation.kind === 'insert' && mutation.body.columns).toMatchObject([
      { name: 'id', type: 'integer', default: "nextval('public.ids')" },
      { name: 'title', type: 'text', default: null },
    ])
    expect(mutation).not.toHaveProperty('conflict')
  })

  it('sets the columns that are named, each once, whatever the body has', async () => {
    const { mutation } = await write('POST', '/films?columns=title,title', [{ id: 1, title: 'a' }])
    expect(mutation).toMatchObject({ body: { columns: [{ name: 'title' }] } })
    const csv = await planOf('/films?columns=title', post('id,title\n1,a', 'text/csv'))
    expect(csv).toMatchObject({ mutation: { body: { columns: [{ name: 'id' }, { name: 'title' }] } } })
  })

  it('takes defaults where it is told to', async () => {
    const { mutation } = await write('POST', '/films', { title: 'a' }, 'missing=default')
    expect(mutation).toMatchObject({ body: { usesDefaults: true, isArray: false } })
  })

  it('reads values of a domain as it says', async () => {
    const { mutation } = await write('POST', '/directors', { tint: 'red' })
    expect(mutation).toMatchObject({ body: { columns: [{ parser: { name: 'color_of_json' } }] } })
  })

  it.each([
    ['/films', 'resolution=merge-duplicates', { columns: ['id'], action: 'merge' }],
    ['/films', 'resolution=ignore-duplicates', { columns: ['id'], action: 'ignore' }],
    ['/films?on_conflict=title,director', 'resolution=merge-duplicates', { columns: ['title', 'director'] }],
    ['/notes', 'resolution=merge-duplicates', undefined],
    ['/films?on_conflict=title', '', undefined],
  ])('into %s with %j resolves conflicts by %j', async (path, prefer, conflict) => {
    const { mutation } = await write('POST', path, {}, prefer)
    expect(mutation.kind === 'insert' && mutation.conflict).toEqual(
      conflict ? expect.objectContaining(conflict) : undefined,
    )
  })

  it('tells where the row is, by its key in the order of the columns', async () => {
    const plan = await write('POST', '/roles', { actor: 1, film: 2 }, 'return=headers-only')
    expect(plan.location).toEqual(['film', 'actor'])
    expect(plan.result.names).toEqual(['film', 'actor'])
    expect((await write('POST', '/roles', {}, 'return=minimal')).location).toEqual([])
  })
})

describe('what is returned', () => {
  const returning = async (select: string) =>
    (await write('POST', `/directors?select=${select}`, {}, 'return=representation')).result

  it('is no more than what is shown, sorted by, or leads on', async () => {
    expect(await returning('name,films!director(title)')).toMatchObject({ all: false, names: ['name', 'id'] })
    expect(await returning('name,mentor(name)')).toMatchObject({ names: ['name', 'mentor'] })
    expect(await returning('id&order=name')).toMatchObject({ names: ['id', 'name'] })
    expect(await returning('initials')).toMatchObject({
      names: [],
      computed: [{ name: 'initials', routine: { schema: 'public', name: 'initials' } }],
    })
    expect(await returning('name,best(title)')).toMatchObject({ names: ['name'], row: true })
  })

  it('is nothing where nobody looks', async () => {
    const { result, representation } = await write('POST', '/films', {})
    expect(result).toEqual({ all: false, names: [], computed: [], row: false })
    expect(representation.kind).toBe('none')
  })

  it('has filters of embeds, and none of its own', async () => {
    const path = '/films?select=id,roles(name)&roles.name=eq.a&id=eq.1&limit=1'
    const { read, mutation } = await write('PATCH', path, { title: 'a' }, 'return=representation')
    expect(read).toMatchObject({ conditions: [], limit: null })
    expect(read.embeds[0]?.read.conditions).toHaveLength(1)
    expect(mutation.conditions).toHaveLength(1)
  })
})

describe('an update, a delete and a PUT', () => {
  it('go by their filters', async () => {
    expect(
      (await write('PATCH', '/films?id=eq.1&or=(id.gt.1,title.is.null)', { title: 'a' })).mutation,
    ).toMatchObject({
      kind: 'update',
      conditions: [{ kind: 'filter' }, { kind: 'logic' }],
    })
    expect((await write('DELETE', '/films?id=eq.1', undefined)).mutation.kind).toBe('delete')
  })

  it('replace the row of the key', async () => {
    const plan = await write('PUT', '/roles?film=eq.1&actor=eq.2', { film: 1, actor: 2 })
    expect(plan).toMatchObject({ isSingleUpsert: true, countsInserted: true })
    expect(plan.mutation).toMatchObject({ conflict: { columns: ['film', 'actor'], action: 'merge' } })
    expect(plan.mutation.conditions).toHaveLength(2)
  })

  it('may be held to a number of rows, where that is meant strictly', async () => {
    const most = async (prefer: string) =>
      (await write('DELETE', '/films?id=eq.1', undefined, prefer)).maxAffected
    expect(await most('handling=strict, max-affected=3')).toBe(3)
    expect(await most('max-affected=3')).toBeUndefined()
    const strict = 'handling=strict, max-affected=3'
    expect((await write('PATCH', '/films?id=eq.1', { title: 'a' }, strict)).maxAffected).toBe(3)
    expect((await write('POST', '/films', {}, strict)).maxAffected).toBeUndefined()
    expect((await write('PUT', '/films?id=eq.1', { id: 1 }, strict)).maxAffected).toBeUndefined()
  })

  it.each([
    ['PATCH', '/films', { title: 'a' }, '21000'],
    ['DELETE', '/films', undefined, '21000'],
    ['DELETE', '/films?limit=1', undefined, '21000'],
    ['POST', '/films', { nothing: 1 }, 'PGRST204'],
    ['POST', '/films', { __proto__x: 1 }, 'PGRST204'],
    ['POST', '/films?columns=constructor', {}, 'PGRST204'],
    ['PUT', '/roles?film=eq.1', { film: 1 }, 'PGRST105'],
    ['PUT', '/roles?film=eq.1&actor=gt.2', {}, 'PGRST105'],
    ['PUT', '/roles?film=eq.1&actor=not.eq.2', {}, 'PGRST105'],
    ['PUT', '/roles?film=eq.1&actor=eq.2&name=eq.x', {}, 'PGRST105'],
    ['PUT', '/notes?body=eq.x', {}, 'PGRST105'],
    ['PUT', '/notes', {}, 'PGRST105'],
    ['PUT', '/films?id=eq.1&limit=1', {}, 'PGRST114'],
    ['POST', '/nothing', {}, 'PGRST205'],
  ])('%s %s of %j is refused with %s', async (method, path, body, code) => {
    expect(await codeOf(write(method, path, body))).toBe(code)
  })

  it('need no filter where nothing is changed, and no default where all of a row is said', async () => {
    expect((await write('PATCH', '/films', {})).mutation).toMatchObject({ kind: 'update', conditions: [] })
    const put = await write('PUT', '/films?id=eq.1', { id: 1 }, 'missing=default')
    expect(put.mutation).toMatchObject({ body: { usesDefaults: false } })
    expect(put).toMatchObject({ isSingleUpsert: true, countsInserted: true, location: [] })
    const patch = await write('PATCH', '/films?id=eq.1', { title: 'a' }, 'return=headers-only')
    expect(patch).toMatchObject({ isSingleUpsert: false, countsInserted: false, location: [] })
  })

  it('count what is inserted where it may be there already, and is changed then', async () => {
    const counts = async (prefer: string) => (await write('POST', '/films', {}, prefer)).countsInserted
    expect(await counts('resolution=merge-duplicates')).toBe(true)
    expect([await counts('resolution=ignore-duplicates'), await counts('')]).toEqual([false, false])
  })

  it('refuse what they do not understand, where that is meant strictly', async () => {
    expect(await codeOf(write('POST', '/films', {}, 'handling=strict, other=1'))).toBe('PGRST122')
  })
})

describe('a call', () => {
  it('takes its arguments from the URL, and filters what it gives', async () => {
    const plan = await call('/rpc/find?words=a&most=2&id=gt.3&select=title,roles(name)&limit=5')
    expect(plan.arguments).toMatchObject({
      kind: 'named',
      values: [
        { name: 'words', type: 'text', value: 'a' },
        { name: 'most', type: 'integer', value: '2' },
      ],
    })
    expect(plan.read).toMatchObject({ limit: 5, conditions: [{ field: { name: 'id' } }] })
    expect(plan.result).toMatchObject({ names: ['title', 'id'] })
    expect(plan.isReadOnly).toBe(true)
  })

  it('takes its arguments from a document, of which it needs those that it knows', async () => {
    const plan = await call('/rpc/find', post('{"words":"a"}'))
    expect(plan.arguments).toMatchObject({ kind: 'document', isArray: false, names: [{ name: 'words' }] })
  })

  it('takes of a document the columns that are named, and of CSV those of its header', async () => {
    const namesOf = async (path: string, init: RequestInit) => {
      const { arguments: given } = await call(path, init)
      return given.kind === 'document' && given.names.map(({ name }) => name)
    }
    const body = post('{"words":"a","most":1,"other":2}')
    expect(await namesOf('/rpc/find?columns=words', body)).toEqual(['words'])
    expect(await namesOf('/rpc/find?columns=most,words,words', post('{}'))).toEqual(['words', 'most'])
    expect(await codeOf(call('/rpc/find', body))).toBe('PGRST202')
    expect(await codeOf(call('/rpc/find?columns=words,other', post('{"words":"a"}')))).toBe('PGRST202')
    expect(await namesOf('/rpc/find?columns=most', post('words\na', 'text/csv'))).toEqual(['words'])
  })

  it('takes many values of a variadic argument', async () => {
    const plan = await call('/rpc/sum_of?v=1&v=2')
    expect(plan.arguments).toMatchObject({ values: [{ isVariadic: true, value: ['1', '2'] }] })
  })

  it.each([
    ['length_of', 'text/plain', 'abc', { type: 'text', text: 'abc' }],
    ['count_of', 'application/json', '{"a":1}', { type: 'json', text: '{"a":1}' }],
    ['blob_of', 'application/octet-stream', 'abc', { type: 'bytea', text: '\\x616263' }],
  ])('%s takes the body of %s as it is', async (name, type, body, expected) => {
    expect((await call(`/rpc/${name}`, post(body, type))).arguments).toMatchObject({
      kind: 'body',
      ...expected,
    })
  })

  it.each([
    ['GET', '/rpc/add?a=1&b=2', true],
    ['HEAD', '/rpc/add?a=1&b=2', true],
    ['POST', '/rpc/find', true],
    ['POST', '/rpc/add', false],
  ])('%s of %s reads alone: %s', async (method, path, isReadOnly) => {
    const body = path === '/rpc/find' ? '{"words":"a"}' : '{"a":1,"b":2}'
    const init = method === 'POST' ? post(body) : { method }
    expect((await call(path, init)).isReadOnly).toBe(isReadOnly)
  })

  it.each([
    ['/rpc/nothing', {}, 'PGRST202'],
    ['/rpc/add?a=1', {}, 'PGRST202'],
    ['/rpc/add?a=1&b=2&c=3', {}, 'PGRST202'],
    ['/rpc/length_of', post('a', 'text/xml'), 'PGRST202'],
    ['/rpc/twice?n=1', {}, 'PGRST203'],
    ['/rpc/add', post('{"a":1,"b":2}'), 'PGRST128'],
  ])('%s %j is refused with %s', async (path, init: RequestInit, code) => {
    const headers = { ...init.headers, prefer: 'handling=strict, max-affected=1' }
    expect(await codeOf(call(path, { ...init, headers }))).toBe(code)
  })

  it('that could be of several functions names them in the order of their arguments', async () => {
    await expect(call('/rpc/twice?n=1')).rejects.toThrow(
      'Could not choose the best candidate function between: public.twice(n => integer), public.twice(n => text)',
    )
  })
})
