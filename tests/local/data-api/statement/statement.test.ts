/*
 * How a request becomes SQL: names are quoted, values are parameters, and what differs in values alone is one statement.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planRequest } from '../../../../local/services/data-api/plan/index.ts'
import { readRequest } from '../../../../local/services/data-api/request/index.ts'
import {
  quoteName,
  type Statement,
  type StatementRow,
  writeStatement,
} from '../../../../local/services/data-api/statement/index.ts'
import { quoteType } from '../../../../local/services/data-api/statement/names.ts'
import { type KnownSchema, knownSchema } from '../../../support/database/schema-cache.ts'

let known: KnownSchema

beforeAll(async () => {
  known = await knownSchema(`
    create table public.studios (id int primary key, size int);
    create table public.directors (id int primary key, name text, studio int references public.studios);
    create table public.films (id int primary key, title text, data jsonb, director int references public.directors);
    create function public.find(words text) returns setof public.films language sql stable
      as 'select * from public.films where title = words';
    create function public.first_film() returns public.films language sql stable
      as 'select * from public.films order by id limit 1';
    insert into public.studios values (1, 10), (2, 20);
    insert into public.directors values (1, 'a', 1), (2, 'b', 2), (3, 'c', null);
    insert into public.films values
      (1, 'one', '{}', 1), (2, 'two', '{}', 1), (3, 'three', '{}', 3), (4, 'four', '{}', null);

    create domain public.slug as text;
    create function public.slug_of(text) returns public.slug language sql immutable as 'select lower($1)::public.slug';
    create cast (text as public.slug) with function public.slug_of(text) as implicit;
    create domain public.doc as jsonb;
    create function public.doc_of(text) returns public.doc language sql immutable as 'select $1::jsonb::public.doc';
    create function public.doc_json(public.doc) returns json language sql immutable
      as 'select json_build_object(''doc'', $1)';
    create cast (text as public.doc) with function public.doc_of(text) as implicit;
    create cast (public.doc as json) with function public.doc_json(public.doc) as implicit;
    create table public.pages (id int primary key default 1, slug public.slug, doc public.doc);
    insert into public.pages values (1, 'abc', '{"a": "x", "b": {"c": "x"}}'), (2, 'abd', '{"a": "y"}');
  `)
})
afterAll(() => known[Symbol.asyncDispose]())

async function written(
  path: string,
  init: RequestInit = {},
  maxRows: number | null = 1000,
): Promise<Statement> {
  const request = await readRequest(new Request(`http://localhost/rest/v1${path}`, init), {
    prefix: '/rest/v1',
    schemas: ['public'],
  })
  return writeStatement(planRequest({ cache: known.cache, maxRows, aggregates: true }, request))
}

/** The one row that the statement of a request gives; what it writes is undone. */
async function ran(...request: Parameters<typeof written>): Promise<StatementRow> {
  const { sql, parameters } = await written(...request)
  await known.connection.query('begin')
  try {
    const { rows } = await known.connection.query<StatementRow>(sql, [...parameters])
    expect(rows).toHaveLength(1)
    return rows[0] as StatementRow
  } finally {
    await known.connection.query('rollback')
  }
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
    ['Character', 'character'],
    ['char[]', 'character[]'],
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

describe('a domain with representations of its own', () => {
  it.each<[string, number[]]>([
    ['slug=eq.ABC', [1]],
    ['slug=neq.ABC', [2]],
    ['slug=in.(ABC,x)', [1]],
    // A pattern is no value of the domain.
    ['slug=like.ab*', [1, 2]],
    ['slug=like.AB*', []],
    ['slug=ilike.AB*', [1, 2]],
    // Nor is what stands in a document.
    ['doc->>a=eq.x', [1]],
    ['doc->b->>c=eq.x', [1]],
    ['doc->>a=in.(x,z)', [1]],
    ['doc->b->>c=in.(x,z)', [1]],
    ['doc=in.({"a":"y"})', [2]],
  ])('is filtered by its text: %s', async (filter, ids) => {
    const [field = '', value = ''] = filter.split(/=(.*)/)
    const { body } = await ran(
      `/pages?select=id&order=id&${encodeURIComponent(field)}=${encodeURIComponent(value)}`,
    )
    expect(JSON.parse(String(body))).toEqual(ids.map((id) => ({ id })))
  })

  it.each<[string, unknown]>([
    ['doc', { doc: { doc: { a: 'y' } } }],
    ['x:doc->a', { x: 'y' }],
    ['x:doc->b->c', { x: null }],
  ])('is shown by its JSON, and what stands in it as it is: %s', async (select, expected) => {
    const { body } = await ran(`/pages?id=eq.2&select=${encodeURIComponent(select)}`)
    expect(JSON.parse(String(body))).toEqual([expected])
  })
})

describe('groups', () => {
  it.each<[string, unknown]>([
    // Who is led to nobody counts nothing, at any depth, and is cast after it was counted.
    ['/films?select=...directors(...studios(count()))', [{ count: 2 }]],
    ['/films?select=...directors(...studios(size.sum()::text))', [{ sum: '20' }]],
    ['/films?select=...directors(count())', [{ count: 3 }]],
    // JSON among what tells them apart.
    [
      '/films?director=eq.1&select=count(),...directors(name,studios(size))',
      [{ count: 2, name: 'a', studios: { size: 10 } }],
    ],
    ['/directors?id=eq.2&select=count(),...films(title)', [{ count: 1, title: [] }]],
    ['/directors?id=eq.2&select=count(),films(title)', [{ count: 1, films: [] }]],
  ])('are those of the outermost rows: %s', async (path, expected) => {
    expect(JSON.parse(String((await ran(path)).body))).toEqual(expected)
  })
})

it.each<[string, number[]]>([
  ['/films?select=id,directors!inner()&order=id', [1, 2, 3]],
  ['/films?select=id,directors!inner(studios!inner())&order=id', [1, 2]],
  ['/directors?select=id,films!inner()&order=id', [1, 3]],
  ['/directors?select=id,films()&order=id', [1, 2, 3]],
])('an embed that shows nothing is asked for all the same: %s', async (path, ids) => {
  expect(JSON.parse(String((await ran(path)).body))).toEqual(ids.map((id) => ({ id })))
})

describe('a total', () => {
  it.each<[string, string, number | null, number | null, number]>([
    ['/films', 'exact', null, 4, 4],
    ['/films?offset=1', 'exact', null, 4, 3],
    ['/films?offset=3', 'exact', null, 4, 1],
    ['/films?offset=4', 'exact', null, 4, 0],
    ['/films?offset=9', 'exact', null, 4, 0],
    ['/films?limit=1', 'exact', null, 4, 1],
    ['/films?limit=1', 'estimated', null, 4, 1],
    ['/films?limit=9', 'exact', 2, 4, 2],
    ['/films', 'exact', 2, 4, 2],
    // Past what is answered, only that there is more.
    ['/films', 'estimated', 2, 3, 2],
    ['/films', 'planned', 2, null, 2],
    // One value is one, whatever is asked of it.
    ['/rpc/first_film?title=eq.none', 'exact', 2, 1, 1],
    ['/rpc/first_film', 'exact', 2, 1, 1],
  ])('of %s that is %s, with %j rows at most, is %j', async (path, count, maxRows, total, rows) => {
    const row = await ran(path, { headers: { prefer: `count=${count}` } }, maxRows)
    expect([row.total === null ? null : Number(row.total), Number(row.rows)]).toEqual([total, rows])
  })
})

describe('an upsert', () => {
  it.each<[string, string, unknown, string]>([
    ['merges a row of its key alone', 'merge', [{ id: 1 }], '1'],
    ['merges nothing into a row that it says nothing of', 'merge', [{}], '0'],
    ['merges nothing of an object without keys', 'merge', {}, '0'],
    ['passes over what is there', 'ignore', [{ id: 1 }, { id: 9 }], '1'],
  ])('%s', async (_what, resolution, body, rows) => {
    const prefer = `resolution=${resolution}-duplicates,return=representation`
    const init = { method: 'POST', headers: { ...json, prefer }, body: JSON.stringify(body) }
    expect(await ran('/pages', init)).toMatchObject({ rows })
  })
})
