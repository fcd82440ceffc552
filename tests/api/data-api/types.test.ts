/*
 * Values of every kind, to the database and back: as Postgres writes them in JSON, without a digit lost.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataApi, startDataApi } from '../../support/http/data-api.ts'

let api: DataApi

beforeAll(async () => {
  api = await startDataApi(`
    create type public.mood as enum ('sad', 'happy');
    create type public.pair as (number int, label text);
    create table public.samples (
      id int primary key generated always as identity,
      instant timestamptz, moment timestamp, day date, clock time, span interval,
      exact numeric, big bigint, float float8, flag boolean,
      document jsonb, source json, bytes bytea,
      words text[], numbers int[], moods public.mood[], documents jsonb[],
      mood public.mood, pair public.pair, pairs public.pair[], range int4range, uuid uuid
    );
    grant select, insert, update on public.samples to anon;

    create function public.kind(value jsonb) returns text language sql immutable as 'select jsonb_typeof(value)';
    create function public.same(value jsonb) returns jsonb language sql immutable as 'select value';
    create function public.same_json(value json) returns json language sql immutable as 'select value';
    create function public.word_count(words text[]) returns int language sql immutable as 'select cardinality(words)';
    create function public.label_of(pair public.pair) returns text language sql immutable as 'select pair.label';
    create function public.labels_of(pairs public.pair[]) returns text[] language sql immutable
      as 'select array_agg(label) from unnest(pairs)';
    create function public.double(amount bigint) returns bigint language sql immutable as 'select amount * 2';
    create function public.moment() returns timestamptz language sql immutable as $$ select '2026-01-02 03:04:05.678+02'::timestamptz $$;
    create function public.bytes() returns bytea language sql immutable as $$ select '\\xdeadbeef'::bytea $$;
  `)
})
afterAll(() => api[Symbol.asyncDispose]())

const rows = { Prefer: 'return=representation' }

describe('a column', () => {
  it.each<[string, unknown, string]>([
    ['instant', '2026-01-01T00:00:00Z', '"2026-01-01T00:00:00+00:00"'],
    ['instant', '2026-01-01 02:00:00.123456+02', '"2026-01-01T00:00:00.123456+00:00"'],
    ['moment', '2026-01-01 10:00', '"2026-01-01T10:00:00"'],
    ['day', '2026-12-31', '"2026-12-31"'],
    ['clock', '23:59:58', '"23:59:58"'],
    ['span', '1 day 2 hours', '"1 day 02:00:00"'],
    ['exact', 0.1, '0.1'],
    ['exact', '12345678901234567890.12345678901234567890', '12345678901234567890.12345678901234567890'],
    ['big', '9007199254740993', '9007199254740993'],
    ['big', -5, '-5'],
    ['float', 1.5, '1.5'],
    ['flag', false, 'false'],
    ['flag', 'yes', 'true'],
    ['document', { a: [1, 'x', null, { b: true }] }, '{"a": [1, "x", null, {"b": true}]}'],
    ['document', 'text', '"text"'],
    ['document', '{"not":"parsed"}', '"{\\"not\\":\\"parsed\\"}"'],
    ['document', [1, 2], '[1, 2]'],
    ['document', 7, '7'],
    ['document', false, 'false'],
    ['document', null, 'null'],
    ['source', 'text', '"text"'],
    ['bytes', '\\xdeadbeef', '"\\\\xdeadbeef"'],
    [
      'words',
      ['a', 'with "quotes", and comma', '', null, 'back\\slash'],
      '["a","with \\"quotes\\", and comma","",null,"back\\\\slash"]',
    ],
    ['words', [], '[]'],
    ['words', '{a,b}', '["a","b"]'],
    ['numbers', [1, 2, null], '[1,2,null]'],
    [
      'numbers',
      [
        [1, 2],
        [3, 4],
      ],
      '[[1,2],[3,4]]',
    ],
    ['moods', ['happy', 'sad'], '["happy","sad"]'],
    ['documents', [{ a: 1 }, 'text', 5], '[{"a": 1},"text",5]'],
    ['mood', 'happy', '"happy"'],
    ['pair', { number: 1, label: 'one, "two"' }, '{"number":1,"label":"one, \\"two\\""}'],
    ['pair', { label: 'x' }, '{"number":null,"label":"x"}'],
    [
      'pairs',
      [
        { number: 1, label: 'a' },
        { number: 2, label: null },
      ],
      '[{"number":1,"label":"a"},{"number":2,"label":null}]',
    ],
    ['range', '[1,3)', '"[1,3)"'],
    ['uuid', '00000000-0000-4000-8000-000000000001', '"00000000-0000-4000-8000-000000000001"'],
  ])('%s takes %j and shows %s', async (column, value, shown) => {
    const response = await api.request(`/samples?select=${column}`, {
      method: 'POST',
      body: JSON.stringify({ [column]: value }),
      headers: rows,
    })
    expect(await response.text()).toBe(`[{"${column}":${shown}}]`)
    expect(response.status).toBe(201)
  })

  it('takes and gives numbers that JavaScript would round, as text of a body and in a filter', async () => {
    const text = '{"big":9007199254740993,"exact":1.12345678901234567890,"document":{"n": 9007199254740993}}'
    const written = await api.request('/samples?select=big,exact,document', {
      method: 'POST',
      body: text,
      headers: rows,
    })
    expect(await written.text()).toBe(`[${text}]`)
    const read = await api.request('/samples?select=big&big=eq.9007199254740993&limit=1')
    expect(await read.text()).toBe('[{"big":9007199254740993}]')
    const neighbour = await api.request('/samples?select=big&big=eq.9007199254740992')
    expect(await neighbour.text()).toBe('[]')
  })

  it('keeps its type when many rows are written at once', async () => {
    const { data, error } = await api.gateway
      .client()
      .from('samples')
      .insert([
        { document: 'one', words: ['a'], exact: 1 },
        { document: null, words: null, exact: null },
      ])
      .select('document, words, exact')
    expect(error).toBeNull()
    expect(data).toEqual([
      { document: 'one', words: ['a'], exact: 1 },
      { document: null, words: null, exact: null },
    ])
  })

  it('answers a value that does not fit with the message of Postgres', async () => {
    const { error, status } = await api.gateway.client().from('samples').insert({ day: 'someday' })
    expect(status).toBe(400)
    expect(error).toMatchObject({ code: '22007', message: 'invalid input syntax for type date: "someday"' })
  })
})

describe('an argument', () => {
  it.each([
    [{ a: 1 }, 'object'],
    [[1, 2], 'array'],
    ['text', 'string'],
    ['{"a":1}', 'string'],
    [5, 'number'],
    [true, 'boolean'],
    [null, null],
  ])('of type jsonb arrives as %j was sent', async (value, kind) => {
    const client = api.gateway.client()
    expect((await client.rpc('kind', { value })).data).toBe(kind)
    expect((await client.rpc('same', { value })).data).toEqual(value)
    expect((await client.rpc('same_json', { value })).data).toEqual(value)
  })

  it('is cast from the text of a GET', async () => {
    const response = await api.request(`/rpc/kind?value=${encodeURIComponent('{"a":1}')}`)
    expect(await response.json()).toBe('object')
  })

  it('can be an array, a composite value and an array of those', async () => {
    const client = api.gateway.client()
    expect((await client.rpc('word_count', { words: ['a', 'b,c'] })).data).toBe(2)
    expect((await client.rpc('label_of', { pair: { number: 1, label: 'x "y"' } })).data).toBe('x "y"')
    const pairs = [{ label: 'a' }, { label: 'b' }]
    expect((await client.rpc('labels_of', { pairs })).data).toEqual(['a', 'b'])
  })

  it('keeps every digit of a number', async () => {
    const response = await api.request('/rpc/double', {
      method: 'POST',
      body: '{"amount":4611686018427387903}',
    })
    expect(await response.text()).toBe('9223372036854775806')
  })
})

describe('a scalar result', () => {
  it.each([
    ['moment', '"2026-01-02T01:04:05.678+00:00"'],
    ['bytes', '"\\\\xdeadbeef"'],
  ])('of %s is what Postgres writes in JSON', async (name, shown) => {
    const response = await api.request(`/rpc/${name}`)
    expect(await response.text()).toBe(shown)
  })
})
