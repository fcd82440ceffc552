/*
 * What `select` can ask for: embeds in every direction and form, spreads, aggregates, computed fields, and what filters
 * and sorts by them.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataApi, startDataApi, until } from '../../support/http/data-api.ts'

let api: DataApi

beforeAll(async () => {
  api = await startDataApi(`
    create table public.studios (id int primary key, name text, data jsonb);
    create table public.directors (id int primary key, first_name text, last_name text, mentor int references public.directors);
    create table public.films (id int primary key, title text, year int, rating numeric, studio_id int references public.studios,
      director_id int constraint films_director_fkey references public.directors, "Tag line" text, "user" text);
    create table public.actors (id int primary key, name text);
    create table public.roles (film_id int references public.films, actor_id int references public.actors, character text,
      primary key (film_id, actor_id));
    create table public.scripts (film_id int primary key references public.films, pages int);
    create view public.old_films as select id, title, director_id from public.films where year < 1980;
    create table public."Odd ""names""" (id int primary key, "order" text, "a,b" text, "c.d" text);
    create function public.full_name(public.directors) returns text language sql stable
      as $$ select $1.first_name || ' ' || $1.last_name $$;
    create function public.last_films(public.directors) returns setof public.films language sql stable
      as $$ select * from public.films where director_id = $1.id and year > 1970 $$;
    create function public.its_director(public.films) returns setof public.directors rows 1 language sql stable
      as $$ select * from public.directors where id = $1.director_id $$;
    grant select on all tables in schema public to anon;
    insert into studios values (1, 'Mosfilm', '{"city":"Moscow","halls":[{"m":10},{"m":20}]}'), (2, 'Toho', '{"city":null}');
    insert into directors values (1, 'Andrei', 'Tarkovsky', null), (2, 'Akira', 'Kurosawa', null), (3, 'Larisa', 'Shepitko', 1);
    insert into films values (1, 'Mirror', 1975, 7.9, 1, 1, 'a', 'x'), (2, 'Stalker', 1979, 8.1, 1, 1, null, 'y'),
      (3, 'Ran', 1985, 8.2, 2, 2, 'c', null), (4, 'Ikiru', 1952, 8.3, 2, 2, null, null), (5, 'Lost', null, null, null, null, null, null);
    insert into actors values (1, 'Margarita Terekhova'), (2, 'Takashi Shimura');
    insert into roles values (1, 1, 'Maria'), (4, 2, 'Watanabe');
    insert into scripts values (1, 90);
    insert into "Odd ""names""" values (1, 'first', 'x', 'y');
  `)
})
afterAll(() => api[Symbol.asyncDispose]())

const cases = (list: readonly (readonly [path: string, rows: unknown])[]) =>
  it.each(list)('%s', async (path, rows) => {
    expect(await api.rows(path)).toEqual(rows)
  })

describe('columns', () => {
  cases([
    ['/films?select=id,name:title&id=eq.1', [{ id: 1, name: 'Mirror' }]],
    ['/films?select=year::text&id=eq.1', [{ year: '1975' }]],
    ['/films?select=y:year::double precision&id=eq.1', [{ y: 1975 }]],
    ['/studios?select=data->>city&order=id', [{ city: 'Moscow' }, { city: null }]],
    ['/studios?select=data->halls->1->m,first:data->halls->0&id=eq.1', [{ m: 20, first: { m: 10 } }]],
    ['/studios?select=id&data->halls->0->>m=eq.10', [{ id: 1 }]],
    ['/films?select="Tag line","user"&id=eq.1', [{ 'Tag line': 'a', user: 'x' }]],
    [
      '/Odd%20"names"?select=order,"a,b","c.d"&"c.d"=eq.y&order="a,b"',
      [{ order: 'first', 'a,b': 'x', 'c.d': 'y' }],
    ],
  ])
})

describe('embeds', () => {
  cases([
    [
      '/films?select=title,directors(last_name)&id=eq.3',
      [{ title: 'Ran', directors: { last_name: 'Kurosawa' } }],
    ],
    [
      '/films?select=title,by:director_id(last_name)&director_id=eq.2&order=id',
      [
        { title: 'Ran', by: { last_name: 'Kurosawa' } },
        { title: 'Ikiru', by: { last_name: 'Kurosawa' } },
      ],
    ],
    [
      '/films?select=director_id(last_name)&director_id=eq.1&limit=1',
      [{ director_id: { last_name: 'Tarkovsky' } }],
    ],
    [
      '/directors?select=last_name,mentor(last_name)&id=eq.3',
      [{ last_name: 'Shepitko', mentor: { last_name: 'Tarkovsky' } }],
    ],
    [
      '/directors?select=last_name,pupils:directors(last_name)&id=eq.1',
      [{ last_name: 'Tarkovsky', pupils: [{ last_name: 'Shepitko' }] }],
    ],
    [
      '/directors?select=pupils:directors!mentor(last_name)&id=eq.1',
      [{ pupils: [{ last_name: 'Shepitko' }] }],
    ],
    [
      '/films?select=title,actors(name)&id=in.(1,3)&order=id',
      [
        { title: 'Mirror', actors: [{ name: 'Margarita Terekhova' }] },
        { title: 'Ran', actors: [] },
      ],
    ],
    ['/films?select=scripts(pages)&id=in.(1,2)&order=id', [{ scripts: { pages: 90 } }, { scripts: null }]],
    [
      '/old_films?select=title,directors(last_name)&order=id',
      [
        { title: 'Mirror', directors: { last_name: 'Tarkovsky' } },
        { title: 'Stalker', directors: { last_name: 'Tarkovsky' } },
        { title: 'Ikiru', directors: { last_name: 'Kurosawa' } },
      ],
    ],
    [
      '/directors?select=id,old_films(title)&old_films.order=title.desc&id=lt.3&order=id',
      [
        { id: 1, old_films: [{ title: 'Stalker' }, { title: 'Mirror' }] },
        { id: 2, old_films: [{ title: 'Ikiru' }] },
      ],
    ],
    [
      '/directors?select=id,films(title)&films.limit=1&films.offset=1&films.order=year&id=lt.3&order=id',
      [
        { id: 1, films: [{ title: 'Stalker' }] },
        { id: 2, films: [{ title: 'Ran' }] },
      ],
    ],
    [
      '/studios?select=name,films!inner(title,directors!inner(id))&films.directors.last_name=eq.Kurosawa&films.order=id',
      [
        {
          name: 'Toho',
          films: [
            { title: 'Ran', directors: { id: 2 } },
            { title: 'Ikiru', directors: { id: 2 } },
          ],
        },
      ],
    ],
    [
      '/films?select=a:directors(last_name),b:directors(first_name)&b.first_name=eq.Akira&id=in.(1,3)&order=id',
      [
        { a: { last_name: 'Tarkovsky' }, b: null },
        { a: { last_name: 'Kurosawa' }, b: { first_name: 'Akira' } },
      ],
    ],
  ])

  it('that are ambiguous or unknown are refused with what could be meant', async () => {
    expect(await api.read('/film?select=id')).toMatchObject({ status: 404, body: { code: 'PGRST205' } })
    expect(await api.read('/films?select=id,director(id)')).toMatchObject({
      status: 400,
      body: { code: 'PGRST200', hint: "Perhaps you meant 'directors' instead of 'director'." },
    })
    expect(await api.read('/films?select=id&directors.id=eq.1')).toMatchObject({
      status: 400,
      body: { code: 'PGRST108' },
    })
  })
})

describe('conditions on embeds', () => {
  cases([
    ['/films?select=title,directors()&directors=is.null', [{ title: 'Lost' }]],
    [
      '/films?select=title,directors(id)&directors=not.is.null&directors.id=eq.2&order=id',
      [
        { title: 'Ran', directors: { id: 2 } },
        { title: 'Ikiru', directors: { id: 2 } },
      ],
    ],
    [
      '/films?select=title,directors(),studios()&or=(directors.is.null,studios.not.is.null)&directors.id=eq.1&studios.id=eq.1&order=id',
      [{ title: 'Mirror' }, { title: 'Stalker' }, { title: 'Ran' }, { title: 'Ikiru' }, { title: 'Lost' }],
    ],
    ['/directors?select=id,films()&films.year=gt.1980&films=not.is.null', [{ id: 2 }]],
    [
      '/directors?select=id,films(title)&films.or=(year.lt.1960,and(rating.gt.8,title.like.S*))&films=not.is.null&order=id',
      [
        { id: 1, films: [{ title: 'Stalker' }] },
        { id: 2, films: [{ title: 'Ikiru' }] },
      ],
    ],
  ])

  it('count as they filter', async () => {
    const response = await api.request('/films?select=title,directors!inner(id)&directors.id=eq.2&limit=1', {
      headers: { Prefer: 'count=exact' },
    })
    expect(response.headers.get('content-range')).toBe('0-0/2')
    expect(response.status).toBe(206)
    const empty = await api.request('/films?select=title,directors()&directors=is.null&limit=1', {
      headers: { Prefer: 'count=exact' },
    })
    expect(empty.headers.get('content-range')).toBe('0-0/1')
  })
})

describe('the order', () => {
  cases([
    [
      '/films?select=title,directors(last_name)&order=directors(last_name).desc.nullslast,title.desc&limit=2',
      [
        { title: 'Stalker', directors: { last_name: 'Tarkovsky' } },
        { title: 'Mirror', directors: { last_name: 'Tarkovsky' } },
      ],
    ],
    ['/films?select=id&order=year.asc.nullsfirst&limit=2', [{ id: 5 }, { id: 4 }]],
    ['/studios?select=id&order=data->>city.desc.nullslast', [{ id: 1 }, { id: 2 }]],
    ['/directors?select=id&order=full_name.desc&limit=1', [{ id: 3 }]],
  ])

  it.each([
    ['/directors?select=id,films(title)&order=films(title)', 'PGRST118'],
    ['/films?select=id&order=directors(id)', 'PGRST108'],
  ])('%s is refused: %s', async (path, code) => {
    expect(await api.read(path)).toMatchObject({ status: 400, body: { code } })
  })
})

describe('spreads', () => {
  cases([
    [
      '/films?select=title,...studios(studio:name,films(id))&id=eq.1&studios.films.order=id',
      [{ title: 'Mirror', studio: 'Mosfilm', films: [{ id: 1 }, { id: 2 }] }],
    ],
    [
      '/films?select=title,...studios(*)&id=eq.3',
      [{ title: 'Ran', id: 2, name: 'Toho', data: { city: null } }],
    ],
    [
      '/roles?select=character,...films(title,...directors(last_name))&order=film_id',
      [
        { character: 'Maria', title: 'Mirror', last_name: 'Tarkovsky' },
        { character: 'Watanabe', title: 'Ikiru', last_name: 'Kurosawa' },
      ],
    ],
    [
      '/directors?select=last_name,...films(titles:title,years:year)&films.order=year&id=lt.3&order=id',
      [
        { last_name: 'Tarkovsky', titles: ['Mirror', 'Stalker'], years: [1975, 1979] },
        { last_name: 'Kurosawa', titles: ['Ikiru', 'Ran'], years: [1952, 1985] },
      ],
    ],
    [
      '/directors?select=id,...films!inner(title,...studios(name),actors(name))&films.order=id&films.title=like.M*',
      [{ id: 1, title: ['Mirror'], name: ['Mosfilm'], actors: [[{ name: 'Margarita Terekhova' }]] }],
    ],
  ])

  it('of many within a spread of many are lists of lists', async () => {
    expect(
      await api.rows('/studios?select=name,...films(...roles(character))&films.order=id&order=id'),
    ).toEqual([
      { name: 'Mosfilm', character: [['Maria'], []] },
      { name: 'Toho', character: [[], ['Watanabe']] },
    ])
  })
})

describe('computed fields and relationships', () => {
  cases([
    ['/directors?select=full_name&id=eq.2', [{ full_name: 'Akira Kurosawa' }]],
    ['/directors?select=id&full_name=like.*Tark*', [{ id: 1 }]],
    [
      '/films?select=title,directors(full_name)&id=eq.3',
      [{ title: 'Ran', directors: { full_name: 'Akira Kurosawa' } }],
    ],
    [
      '/directors?select=id,last_films(title)&last_films.order=year.desc&id=lt.3&order=id',
      [
        { id: 1, last_films: [{ title: 'Stalker' }, { title: 'Mirror' }] },
        { id: 2, last_films: [{ title: 'Ran' }] },
      ],
    ],
    [
      '/films?select=id,its_director(full_name)&id=in.(1,5)&order=id',
      [
        { id: 1, its_director: { full_name: 'Andrei Tarkovsky' } },
        { id: 5, its_director: null },
      ],
    ],
    [
      '/directors?select=id,last_films!inner(id,scripts!inner(pages))',
      [{ id: 1, last_films: [{ id: 1, scripts: { pages: 90 } }] }],
    ],
  ])
})

describe('aggregates', () => {
  it('are refused where they are off', async () => {
    expect(await api.read('/films?select=year.max()')).toEqual({
      status: 400,
      body: {
        code: 'PGRST123',
        message: 'Use of aggregate functions is not allowed',
        details: null,
        hint: null,
      },
    })
  })

  it('but for `count` alone, which Postgres reads as one: beside an embed it is refused as beside a column', async () => {
    expect(await api.read('/directors?select=id,films(count)&id=eq.1')).toEqual({
      status: 200,
      body: [{ id: 1, films: [{ count: 2 }] }],
    })
    for (const shown of ['title', 'studios(name)'])
      expect(await api.read(`/directors?select=id,films(count,${shown})&id=eq.1`)).toMatchObject({
        status: 400,
        body: { code: '42803' },
      })
  })

  describe('switched on', () => {
    beforeAll(async () => {
      await api.database.query(`
        do $$ begin
          execute format('alter role authenticator in database %I set pgrst.db_aggregates_enabled = %L', current_database(), 'true');
        end $$`)
      await api.database.query("notify pgrst, 'reload config'")
      await until(async () => (await api.read('/films?select=count()')).status === 200)
    })
    afterAll(async () => {
      await api.database.query(`
        do $$ begin
          execute format('alter role authenticator in database %I reset pgrst.db_aggregates_enabled', current_database());
        end $$`)
      await api.database.query("notify pgrst, 'reload config'")
      await until(async () => (await api.read('/films?select=count()')).status === 400)
    })

    cases([
      ['/films?select=count(),best:rating.max()', [{ count: 5, best: 8.3 }]],
      [
        '/films?select=studio_id,count(),rating.sum()::int&order=studio_id',
        [
          { studio_id: 1, count: 2, sum: 16 },
          { studio_id: 2, count: 2, sum: 17 },
          { studio_id: null, count: 1, sum: null },
        ],
      ],
      ['/films?select=rating.sum(),studios(name)&studio_id=eq.2', [{ sum: 16.5, studios: { name: 'Toho' } }]],
      [
        '/films?select=count(),...studios(name)&order=studios(name)',
        [
          { count: 2, name: 'Mosfilm' },
          { count: 2, name: 'Toho' },
          { count: 1, name: null },
        ],
      ],
      [
        '/directors?select=id,films(count(),year.max())&id=lt.3&order=id',
        [
          { id: 1, films: [{ count: 2, max: 1979 }] },
          { id: 2, films: [{ count: 2, max: 1985 }] },
        ],
      ],
      ['/studios?select=data->>city,count()&id=eq.1', [{ city: 'Moscow', count: 1 }]],
      [
        '/roles?select=...films(studios(name),...scripts(pages.sum()))&film_id=eq.1',
        [{ studios: { name: 'Mosfilm' }, sum: 90 }],
      ],
      [
        '/roles?select=...films(studios(name),studio:studios(name),...scripts(pages.sum()))&film_id=eq.1',
        [{ studios: { name: 'Mosfilm' }, studio: { name: 'Mosfilm' }, sum: 90 }],
      ],
    ])

    it('of a spread of many are refused', async () => {
      expect(await api.read('/directors?select=id,...films(year.max())')).toMatchObject({
        status: 400,
        body: { code: 'PGRST127' },
      })
    })
  })
})
