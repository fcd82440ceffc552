/*
 * Calls of functions: how arguments find their way, what results look like, and who may be called how.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataApi, startDataApi } from '../../support/http/data-api.ts'

let api: DataApi

beforeAll(async () => {
  api = await startDataApi(`
    create table public.items (id int primary key, name text, price numeric, kind int);
    create table public.kinds (id int primary key, name text);
    alter table public.items add foreign key (kind) references public.kinds;
    create domain public.priced as public.items check ((value).price > 0);
    create type public.point as (x int, y int);
    create domain public."text/plain" as text;
    create domain public."image/png" as bytea;
    create domain public."text/csv" as text;
    grant select, insert on public.items, public.kinds to anon;
    insert into kinds values (1, 'tool'), (2, 'toy');
    insert into items values (1, 'hammer', 10, 1), (2, 'saw', 20, 1), (3, 'ball', 5, 2);

    create function public.add(a int, b int default 10) returns int language sql immutable as 'select a + b';
    create function public."fullName"("order" text, "user" text, "Last Name" text default 'x') returns text
      language sql immutable as $$ select "order" || "user" || "Last Name" $$;
    create function public.join_words(separator text, variadic words text[]) returns text language sql immutable
      as $$ select array_to_string(words, separator) $$;
    create function public.echo_json(json) returns json language sql immutable as 'select $1';
    create function public.echo_text(text) returns text language sql immutable as 'select $1';
    create function public.size_of(bytea) returns int language sql immutable as 'select octet_length($1)';
    create function public.echo_xml(xml) returns text language sql immutable as 'select $1::text';
    create function public.choose(a int) returns text language sql immutable as $$ select 'a' $$;
    create function public.choose(a int, b int) returns text language sql immutable as $$ select 'a and b' $$;
    create function public.choose(c text) returns text language sql immutable as $$ select 'c' $$;
    create function public.unsure(a int) returns text language sql immutable as $$ select 'int' $$;
    create function public.unsure(a text) returns text language sql immutable as $$ select 'text' $$;
    create function public.cheapest() returns public.items language sql stable as 'select * from items order by price limit 1';
    create function public.dearest() returns public.priced language sql stable as 'select (items.*)::public.priced from items order by price desc limit 1';
    create function public.all_items() returns setof public.items language sql stable as 'select * from items order by id';
    create function public.columns_of() returns table (id int, label text) language sql stable as 'select id, name from items order by id';
    create function public.names() returns setof text language sql stable as 'select name from items order by id';
    create function public.pair(out low int, out high int) language sql immutable as 'select 1, 2';
    create function public.some_record() returns record language sql immutable as $$ select 1 as number, 'x'::text as word $$;
    create function public.length_of(points public.point[]) returns int language sql immutable as 'select cardinality(points)';
    create function public.x_of(point public.point) returns int language sql immutable as 'select point.x';
    create function public.x_of_item(item public.items) returns text language sql immutable as 'select item.name';
    create function public.add_item(id int, name text) returns setof public.items language sql volatile
      as 'insert into items values (id, name) returning *';
    create function public.tick() returns bigint language plpgsql volatile as $$
      begin
        perform set_config('test.ticks', (coalesce(nullif(current_setting('test.ticks', true), ''), '0')::int + 1)::text, true);
        return current_setting('test.ticks')::bigint;
      end $$;
    create function public.ticks() returns setof bigint language sql volatile as 'select public.tick() from generate_series(1, 3)';
    create function public.quiet() returns void language sql volatile as 'select null::void';
    create function public.slow() returns text language sql stable set statement_timeout = '1234ms' as $$ select current_setting('statement_timeout') $$;
    create function public.hello() returns public."text/plain" language sql immutable as $$ select 'hello'::public."text/plain" $$;
    create function public.picture() returns public."image/png" language sql immutable as $$ select '\\x89504e47'::public."image/png" $$;
    create function public.table_of() returns public."text/csv" language sql immutable as $$ select E'a;b\\n1;2'::public."text/csv" $$;
  `)
})
afterAll(() => api[Symbol.asyncDispose]())

const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  api.request(path, { method: 'POST', body, headers })
const call = async (name: string, body: unknown) => (await post(`/rpc/${name}`, JSON.stringify(body))).json()

describe('arguments', () => {
  it.each([
    ['add', { a: 1 }, 11],
    ['add', { a: 1, b: 2 }, 3],
    ['fullName', { user: 'b', order: 'a' }, 'abx'],
    ['fullName', { user: 'b', order: 'a', 'Last Name': '"c"' }, 'ab"c"'],
    ['join_words', { separator: '-', words: ['a', 'b,c', '"d"'] }, 'a-b,c-"d"'],
    ['choose', { a: 1 }, 'a'],
    ['choose', { a: 1, b: 2 }, 'a and b'],
    ['choose', { c: 'x' }, 'c'],
    ['length_of', { points: [{ x: 1, y: 2 }, { x: 3 }] }, 2],
    ['x_of', { point: { y: 1, x: 7 } }, 7],
    ['x_of_item', { item: { id: 1, name: 'whole row' } }, 'whole row'],
    ['add', [{ a: 5 }, { a: 6 }], 15],
    ['echo_json', { a: [1, { b: null }] }, { a: [1, { b: null }] }],
  ])('of %s, %j', async (name, body, result) => {
    expect(await call(name, body)).toEqual(result)
  })

  it.each([
    ['/rpc/add?a=1&b=2', 3],
    ['/rpc/join_words?separator=-&words=a&words=b,c', 'a-b,c'],
    ['/rpc/choose?c=eq', 'c'],
    ['/rpc/all_items?id=gt.1&select=id&order=id.desc', [{ id: 3 }, { id: 2 }]],
    ['/rpc/all_items?select=id&or=(name.eq.saw,and(price.lt.6,kind.eq.2))', [{ id: 2 }, { id: 3 }]],
  ])('by GET: %s', async (path, result) => {
    expect(await api.rows(path)).toEqual(result)
  })

  it('that have no name take the body as it is', async () => {
    const text = await post('/rpc/echo_text', 'as it "is"', { 'content-type': 'text/plain' })
    expect(await text.json()).toBe('as it "is"')
    const bytes = await post('/rpc/size_of', new Uint8Array([0, 255, 128]), {
      'content-type': 'application/octet-stream',
    })
    expect(await bytes.json()).toBe(3)
    const xml = await post('/rpc/echo_xml', '<a>b</a>', { 'content-type': 'text/xml' })
    expect(await xml.json()).toBe('<a>b</a>')
  })

  it('can come in a form', async () => {
    const response = await post('/rpc/add', 'a=4&b=5', {
      'content-type': 'application/x-www-form-urlencoded',
    })
    expect(await response.json()).toBe(9)
  })

  it.each([
    ['add', { b: 1 }, 404, 'PGRST202'],
    ['add', { a: 1, c: 1 }, 404, 'PGRST202'],
    ['unsure', { a: 1 }, 300, 'PGRST203'],
    ['add', { a: 'one' }, 400, '22P02'],
    ['add', 5, 404, 'PGRST202'],
  ])('of %s, %j: %i %s', async (name, body, status, code) => {
    const response = await post(`/rpc/${name}`, JSON.stringify(body))
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ code })
  })
})

describe('results', () => {
  it.each([
    ['cheapest', { id: 3, name: 'ball', price: 5, kind: 2 }],
    ['dearest', { id: 2, name: 'saw', price: 20, kind: 1 }],
    ['names', ['hammer', 'saw', 'ball']],
    ['pair', { low: 1, high: 2 }],
    ['some_record', { number: 1, word: 'x' }],
    ['columns_of?select=label&id=gt.2', [{ label: 'ball' }]],
    [
      'all_items?select=name,kinds(name)&kinds.name=eq.toy&kinds=not.is.null',
      [{ name: 'ball', kinds: { name: 'toy' } }],
    ],
    ['all_items?select=name,...kinds!inner(type:name)&limit=1&offset=1', [{ name: 'saw', type: 'tool' }]],
    ['cheapest?select=name,kinds(name)', { name: 'ball', kinds: { name: 'toy' } }],
  ])('of %s', async (path, result) => {
    expect(await api.rows(`/rpc/${path}`)).toEqual(result)
  })

  it('that are void have neither body nor type', async () => {
    const response = await post('/rpc/quiet', '{}')
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      204,
      null,
      '',
    ])
  })

  it('are counted, and worked out once', async () => {
    const response = await post('/rpc/ticks?limit=2', '{}', { Prefer: 'count=exact' })
    expect(await response.json()).toEqual([1, 2])
    expect(response.headers.get('content-range')).toBe('0-1/3')
    expect(response.status).toBe(206)
  })

  it('are one object where one is asked for, and undone where they are not', async () => {
    const one = { Accept: 'application/vnd.pgrst.object+json' }
    const response = await post('/rpc/add_item', '{"id":50,"name":"new"}', one)
    expect(await response.json()).toMatchObject({ id: 50, name: 'new' })
    expect((await post('/rpc/all_items', '{}', one)).status).toBe(406)
    await api.database.query('delete from items where id = 50')
  })

  it('touch no more rows than may be', async () => {
    const headers = { Prefer: 'handling=strict, max-affected=0' }
    const response = await post('/rpc/add_item', '{"id":60,"name":"new"}', headers)
    expect(await response.json()).toMatchObject({ code: 'PGRST124', details: 'The query affects 1 rows' })
    expect(await api.database.query('select 1 from items where id = 60')).toEqual([])
    expect(await (await post('/rpc/add', '{"a":1}', headers)).json()).toMatchObject({ code: 'PGRST128' })
  })

  it.each([
    ['/rpc/hello', 'text/plain', 'text/plain; charset=utf-8', 'hello'],
    ['/rpc/table_of', 'text/csv', 'text/csv; charset=utf-8', 'a;b\n1;2'],
  ])('%s answers %s of its own', async (path, accept, type, text) => {
    const response = await api.request(path, { headers: { Accept: accept } })
    expect([response.headers.get('content-type'), await response.text()]).toEqual([type, text])
  })

  it('can be bytes', async () => {
    const response = await api.request('/rpc/picture', { headers: { Accept: 'image/png' } })
    expect(response.headers.get('content-type')).toBe('image/png')
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0x89, 0x50, 0x4e, 0x47]))
  })
})

it('takes settings from the function', async () => {
  expect(await api.rows('/rpc/slow')).toBe('1234ms')
})

describe('OPTIONS', () => {
  it.each([
    ['/rpc/add?a=1', 'OPTIONS,GET,HEAD,POST'],
    ['/rpc/tick', 'OPTIONS,POST'],
    ['/items', 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE'],
    ['/', 'OPTIONS,GET,HEAD'],
  ])('%s allows %s, and runs nothing', async (path, allowed) => {
    const response = await api.request(path, { method: 'OPTIONS' })
    expect([response.status, response.headers.get('allow'), await response.text()]).toEqual([
      200,
      allowed,
      '',
    ])
  })

  it('of what is not there is 404', async () => {
    expect((await api.request('/nothing', { method: 'OPTIONS' })).status).toBe(404)
    expect((await api.request('/rpc/nothing', { method: 'OPTIONS' })).status).toBe(404)
  })
})
