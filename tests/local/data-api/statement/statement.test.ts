/*
 * How a request becomes SQL: names are quoted, values are parameters, and what differs in values alone is one statement.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planRequest } from '../../../../local/services/data-api/plan/index.ts'
import { readRequest } from '../../../../local/services/data-api/request/index.ts'
import {
  quoteName,
  type Statement,
  writeStatement,
} from '../../../../local/services/data-api/statement/index.ts'
import { quoteType } from '../../../../local/services/data-api/statement/names.ts'
import { type KnownSchema, knownSchema } from '../../../support/database/schema-cache.ts'

let known: KnownSchema

beforeAll(async () => {
  known = await knownSchema(`
    create table public.directors (id int primary key, name text);
    create table public.films (id int primary key, title text, data jsonb, director int references public.directors);
    create function public.find(words text) returns setof public.films language sql stable
      as 'select * from public.films where title = words';
  `)
})
afterAll(() => known[Symbol.asyncDispose]())

async function written(path: string, init: RequestInit = {}): Promise<Statement> {
  const request = await readRequest(new Request(`http://localhost/rest/v1${path}`, init), {
    prefix: '/rest/v1',
    schemas: ['public'],
  })
  return writeStatement(planRequest({ cache: known.cache, maxRows: 1000, aggregates: true }, request))
}

const json = { 'content-type': 'application/json' }

describe('values', () => {
  it.each([
    ['/films?title=eq.', 'x', "'; drop table films; --"],
    ['/films?title=in.', '(x)', '("\'a\'",b,c)'],
    ['/films?data->>a=like.', '*x', "a*'"],
    ['/films?data->b->>a=fts(english).', 'x', "y'"],
    ['/films?or=(title.eq.', 'x,id.gt.1)', '"y\'",id.gt.2)'],
    ['/films?select=id,directors(name)&directors.name=eq.', 'x', "y'"],
    ['/films?limit=', '1', '2'],
    ['/rpc/find?words=', 'x', "y'"],
  ])('%s%s and %s are the same statement', async (start, one, other) => {
    const first = await written(start + encodeURIComponent(one))
    const second = await written(start + encodeURIComponent(other))
    expect(second.sql).toBe(first.sql)
    expect(second.parameters).not.toEqual(first.parameters)
  })

  it('of a body are one parameter', async () => {
    const body = JSON.stringify([{ title: "'; drop table films; --" }])
    const { sql, parameters } = await written('/films', { method: 'POST', headers: json, body })
    expect(sql).not.toContain('drop')
    expect(parameters).toEqual([body])
  })
})

describe('names', () => {
  const evil = 'x" from films; drop table films; --'
  const quoted = '"x"" from films; drop table films; --"'

  it('are quoted', () => {
    expect(quoteName(evil)).toBe(quoted)
    expect(quoteName('a\0b')).toBe('"ab"')
  })

  it.each([
    ['int', '"int4"'],
    ['Double Precision', '"float8"'],
    ['text[]', '"text"[]'],
    ['text) from films; --', '"text) from films; --"'],
  ])('of the type %s are %s', (type, written) => {
    expect(quoteType(type)).toBe(written)
  })

  it.each([
    [`/films?select=${encodeURIComponent(`"${evil.replace('"', '\\"')}"`)}`],
    [`/films?select=id,${encodeURIComponent(`"${evil.replace('"', '\\"')}"`)}:title`],
    [`/films?order=${encodeURIComponent(`"${evil.replace('"', '\\"')}"`)}`],
  ])('are quoted in %s', async (path) => {
    expect((await written(path)).sql.replaceAll(quoted, '')).not.toContain('drop')
  })
})

it('never writes a statement that Postgres cannot read', async () => {
  const paths = [
    '/films',
    '/films?select=id,directors(*)&directors=is.null&order=directors(name)&limit=3&offset=2',
    '/directors?select=*,...films!inner(title,data->a)&films.order=id',
    '/films?select=director,count(),id.sum()::text,...directors(name.max())',
    '/films?and=(title.like(any).{a*,b*},not.or(id.gt.1,data->>x.is.null))',
  ]
  for (const path of paths)
    for (const accept of [
      'application/json',
      'text/csv',
      'application/vnd.pgrst.object+json;nulls=stripped',
    ]) {
      const headers = { accept, prefer: 'count=exact' }
      const { sql, parameters } = await written(path, { headers })
      const { rows } = await known.connection.query(sql, [...parameters])
      expect(rows).toHaveLength(1)
    }
})
