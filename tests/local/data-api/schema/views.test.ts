/*
 * What leads from and to views: the keys of the tables under them, as far as a view shows them whole.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KnownSchema, knownSchema, waysBetween } from '../../../support/database/schema-cache.ts'

let known: KnownSchema

beforeAll(async () => {
  known = await knownSchema(
    `
    create schema hidden;
    create table public.directors (id int primary key, name text);
    create table hidden.films (id int primary key, title text, director int references public.directors,
      prequel int references hidden.films, unique (title, director));
    create table public.actors (id int primary key, name text);
    create table public.roles (film int references hidden.films, actor int references public.actors, name text,
      primary key (film, actor));
    create table hidden.specs (film int primary key references hidden.films, camera text);
    create table public.houses (town text, number int, primary key (town, number));
    create table public.rooms (id int primary key, town text, number int, floor int,
      constraint house_of_room foreign key (town, number) references public.houses (town, number));

    create view public.films as select id, title, director, prequel from hidden.films;
    create view public.renamed as select id as film_id, director as by_whom from hidden.films where id > 0;
    create view public.joined as
      select f.title, d.id as director_id, d.name from hidden.films f join public.directors d on d.id = f.director;
    create view public.in_cte as with chosen as (select id, director from hidden.films limit 5) select * from chosen;
    create view public.in_subselect as
      select inner_films.* from (select f.* from (select id as film, director from hidden.films) f) as inner_films;
    create view public.over_view as select film_id as id, by_whom as maker from public.renamed;
    create materialized view public.stored as select id, director from hidden.films;
    create view public.over_stored as select * from public.stored;
    create view public.specifications as select film, camera from hidden.specs;
    create view public.cast_list as select film, actor, name from public.roles;
    create view public.actor_names as select id, name from public.actors;
    create view public.twice as select id as one, id as other, title from hidden.films;
    create view public.room_list as select id, number, town from public.rooms;
    create view public.half_rooms as select id, town from public.rooms;
    create view public.with_parts as
      select id, (select max(film) from public.roles r where r.film = f.id) as director from hidden.films f;
    create view public.united as select id, director from hidden.films union all select id, director from hidden.films;
    create view public.computed as select id + 0 as id, director from hidden.films;
    create view public."(odd) {na\\me}, :resorigtbl 1" as
      select director as "}) :targetList ({", title as "a ""b\\c'", id from hidden.films;
    create view public.odd_columns as
      select director as "x:resno", title as "y:resorigtbl", id as "z:resorigcol" from hidden.films;
    create view hidden.private_view as select id, director from hidden.films;
    create view public.over_private as select id, director from hidden.private_view;
    create view public.of_nothing as select 1 as id;
    create view public.recursive_one as with recursive up as (
      select id, director, prequel from hidden.films where prequel is null
      union all select f.id, f.director, f.prequel from hidden.films f join up on up.id = f.prequel)
      select * from up;
    create view extensions.aside as select id, director from hidden.films;
    create view public.over_aside as select id, director from extensions.aside;
    `,
    ['extensions'],
  )
})
afterAll(() => known[Symbol.asyncDispose]())

const ways = (from: string, to: string) => waysBetween(known.cache, from, to)

describe('a view of a table that is not exposed', () => {
  it.each<[view: string, column: string]>([
    ['films', 'director'],
    ['renamed', 'by_whom'],
    ['in_cte', 'director'],
    ['in_subselect', 'director'],
    ['over_view', 'maker'],
    ['stored', 'director'],
    ['over_stored', 'director'],
    ['computed', 'director'],
    ['over_aside', 'director'],
    ['(odd) {na\\me}, :resorigtbl 1', '}) :targetList ({'],
    ['odd_columns', 'x:resno'],
  ])('leads to what its table points to: %s', (view, column) => {
    expect(ways(view, 'directors')).toEqual([`many-to-one by films_director_fkey (${column} → id)`])
    expect(ways('directors', view)).toEqual([`one-to-many by films_director_fkey (id → ${column})`])
  })

  it.each<[view: string, column: string]>([
    ['films', 'id'],
    ['renamed', 'film_id'],
    ['in_subselect', 'film'],
    ['over_view', 'id'],
    ['odd_columns', 'z:resorigcol'],
  ])('is led to where its table is pointed to: %s', (view, column) => {
    expect(ways('roles', view)).toEqual([`many-to-one by roles_film_fkey (film → ${column})`])
    expect(ways(view, 'cast_list')).toEqual([`one-to-many by roles_film_fkey (${column} → film)`])
  })

  it('leads to itself along a key of its table', () => {
    expect(ways('films', 'films')).toEqual([
      'one-to-many by films_prequel_fkey (id → prequel)',
      'many-to-one by films_prequel_fkey (prequel → id)',
    ])
    expect(ways('renamed', 'films')).toContain('one-to-many by films_prequel_fkey (film_id → prequel)')
  })

  it('leads to one where the key is unique', () => {
    expect(ways('specifications', 'films')).toEqual(['one-to-one of its own by specs_film_fkey (film → id)'])
    expect(ways('films', 'specifications')).toEqual([
      'one-to-one of the other by specs_film_fkey (id → film)',
    ])
  })

  it.each(['with_parts', 'united', 'over_private', 'recursive_one', 'joined', 'of_nothing'])(
    'has nothing of a key that it does not show, or that Postgres cannot follow: %s',
    (view) => {
      expect(ways(view, 'directors')).toEqual([])
    },
  )

  it('has no part of a key of several columns', () => {
    expect(ways('half_rooms', 'houses')).toEqual([])
    expect(ways('room_list', 'houses')).toEqual([
      'many-to-one by house_of_room (town, number → town, number)',
    ])
  })
})

describe('a view of a join', () => {
  it('is led to by each table that it shows the key of', () => {
    expect(ways('films', 'joined')).toEqual(['many-to-one by films_director_fkey (director → director_id)'])
  })
})

describe('a column that stands in a view twice', () => {
  it('leads by each of the two', () => {
    expect(ways('roles', 'twice')).toEqual([
      'many-to-one by roles_film_fkey (film → one)',
      'many-to-one by roles_film_fkey (film → other)',
    ])
  })

  it('stands in the primary key once', () => {
    expect(known.cache.relation('public', 'twice')?.primaryKey).toEqual(['one'])
  })
})

describe('a junction', () => {
  it('leads from and to views, and is found under a view', () => {
    expect(ways('films', 'actors')).toEqual([
      'many-to-many by roles_film_fkey (id → film) through cast_list by roles_actor_fkey (actor → id)',
      'many-to-many by roles_film_fkey (id → film) through roles by roles_actor_fkey (actor → id)',
    ])
    expect(ways('actor_names', 'renamed')).toContain(
      'many-to-many by roles_actor_fkey (id → actor) through roles by roles_film_fkey (film → film_id)',
    )
  })
})

describe('a view', () => {
  it.each<[view: string, key: string[], unique: string[][]]>([
    ['films', ['id'], [['id'], ['title', 'director']]],
    ['renamed', ['film_id'], [['film_id']]],
    ['joined', ['director_id'], [['director_id']]],
    ['cast_list', ['film', 'actor'], [['film', 'actor']]],
    ['united', [], []],
  ])('has the keys of its tables: %s', (view, key, unique) => {
    const relation = known.cache.relation('public', view)
    expect(relation?.primaryKey.toSorted()).toEqual(key.toSorted())
    expect(relation?.uniqueKeys.map((each) => each.toSorted())).toEqual(unique.map((each) => each.toSorted()))
  })

  it.each<[view: string, isWritable: boolean]>([
    ['films', true],
    ['joined', false],
    ['united', false],
    ['stored', false],
  ])('takes writes where Postgres does: %s', (view, isWritable) => {
    expect(known.cache.relation('public', view)).toMatchObject({
      isInsertable: isWritable,
      isUpdatable: isWritable,
      isDeletable: isWritable,
    })
  })
})
