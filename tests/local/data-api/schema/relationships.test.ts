/*
 * What leads from a table to another, and what an embed can mean by a name and a hint.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RelationName } from '../../../../local/services/data-api/request/request.ts'
import { RequestError } from '../../../../local/services/data-api/request-error.ts'
import { findRelationship } from '../../../../local/services/data-api/schema/index.ts'
import { type KnownSchema, knownSchema, waysBetween } from '../../../support/database/schema-cache.ts'

let known: KnownSchema

beforeAll(async () => {
  known = await knownSchema(`
    create schema hidden;
    create table public.directors (id int primary key, name text, mentor int references public.directors);
    create table public.films (id int primary key, title text, director int references public.directors);
    create table public.actors (id int primary key);
    create table public.roles (film int references public.films, actor int references public.actors, name text,
      primary key (film, actor));
    create table public.reviews (id int primary key, film int references public.films,
      actor int references public.actors);
    create table public.specs (film int primary key references public.films, camera text);
    create table public.posters (film int unique references public.films, artist text);
    create table public.addresses (id int primary key, street text);
    create table public.orders (id int primary key,
      billing int constraint billing references public.addresses,
      shipping int constraint shipping references public.addresses);
    create table public.houses (town text, number int, primary key (town, number));
    create table public.rooms (id int primary key, town text, number int,
      constraint house_of_room foreign key (town, number) references public.houses (town, number));
    create table public.events (day date, id int, film int references public.films, primary key (day, id))
      partition by range (day);
    create table public.events_2026 partition of public.events for values from ('2026-01-01') to ('2027-01-01');
    create table public.tickets (id int primary key, day date, event int,
      foreign key (day, event) references public.events (day, id));
    create table hidden.agents (id int primary key, actor int references public.actors);
    create table hidden.castings (film int references public.films, director int references public.directors,
      primary key (film, director));
    create table public.friendships (one int constraint friend_one references public.actors,
      other int constraint friend_other references public.actors, primary key (one, other));
  `)
})
afterAll(() => known[Symbol.asyncDispose]())

const ways = (from: string, to: string) => waysBetween(known.cache, from, to)

describe('a foreign key', () => {
  it('leads there and back', () => {
    expect(ways('films', 'directors')).toEqual(['many-to-one by films_director_fkey (director → id)'])
    expect(ways('directors', 'films')).toEqual(['one-to-many by films_director_fkey (id → director)'])
  })

  it.each(['specs', 'posters'])('that is unique leads to one on both sides: %s', (table) => {
    expect(ways(table, 'films')).toEqual([`one-to-one of its own by ${table}_film_fkey (film → id)`])
    expect(ways('films', table)).toEqual([`one-to-one of the other by ${table}_film_fkey (id → film)`])
  })

  it('of several columns leads by all of them', () => {
    expect(ways('rooms', 'houses')).toEqual(['many-to-one by house_of_room (town, number → town, number)'])
    expect(ways('houses', 'rooms')).toEqual(['one-to-many by house_of_room (town, number → town, number)'])
  })

  it('to the same table leads both ways', () => {
    expect(ways('directors', 'directors')).toEqual([
      'one-to-many by directors_mentor_fkey (id → mentor)',
      'many-to-one by directors_mentor_fkey (mentor → id)',
    ])
  })

  it('of or to a partitioned table leads once, and from no partition', () => {
    expect(ways('events', 'films')).toEqual(['many-to-one by events_film_fkey (film → id)'])
    expect(ways('films', 'events')).toEqual(['one-to-many by events_film_fkey (id → film)'])
    expect(ways('tickets', 'events')).toEqual([
      'many-to-one by tickets_day_event_fkey (day, event → day, id)',
    ])
    expect(ways('films', 'events_2026')).toEqual([])
    expect(known.cache.relation('public', 'events_2026')).toBeUndefined()
  })

  it('of a table that is not exposed leads nowhere', () => {
    expect(ways('actors', 'agents')).toEqual([])
    expect(known.cache.relationshipsOf({ schema: 'hidden', name: 'agents' })).toEqual([])
  })
})

describe('a junction', () => {
  it('leads to many on both sides', () => {
    expect(ways('films', 'actors')).toEqual([
      'many-to-many by roles_film_fkey (id → film) through roles by roles_actor_fkey (actor → id)',
    ])
    expect(ways('actors', 'films')).toEqual([
      'many-to-many by roles_actor_fkey (id → actor) through roles by roles_film_fkey (film → id)',
    ])
  })

  it('leads from a table to itself, either way', () => {
    expect(ways('actors', 'actors')).toEqual([
      'many-to-many by friend_one (id → one) through friendships by friend_other (other → id)',
      'many-to-many by friend_other (id → other) through friendships by friend_one (one → id)',
    ])
  })

  it('is none where it is not exposed', () => {
    expect(ways('films', 'directors')).toHaveLength(1)
  })
})

describe('an embed', () => {
  const found = (from: string, wanted: RelationName) => {
    const way = findRelationship(known.cache, { schema: 'public', name: from }, wanted)
    return 'cardinality' in way
      ? `${way.cardinality} to ${way.to.name} by ${way.constraint}`
      : way.routine.name
  }
  const refusal = (from: string, wanted: RelationName) => {
    try {
      return found(from, wanted)
    } catch (error) {
      if (error instanceof RequestError) return error
      throw error
    }
  }

  it.each<[from: string, name: string, hint: string | undefined, way: string]>([
    ['films', 'directors', undefined, 'many-to-one to directors by films_director_fkey'],
    ['films', 'films_director_fkey', undefined, 'many-to-one to directors by films_director_fkey'],
    ['films', 'director', undefined, 'many-to-one to directors by films_director_fkey'],
    ['films', 'directors', 'director', 'many-to-one to directors by films_director_fkey'],
    ['films', 'directors', 'id', 'many-to-one to directors by films_director_fkey'],
    ['films', 'directors', 'films_director_fkey', 'many-to-one to directors by films_director_fkey'],
    ['directors', 'films', 'director', 'one-to-many to films by films_director_fkey'],
    ['films', 'actors', undefined, 'many-to-many to actors by roles_film_fkey'],
    ['films', 'actors', 'roles', 'many-to-many to actors by roles_film_fkey'],
    ['orders', 'addresses', 'billing', 'many-to-one to addresses by billing'],
    ['orders', 'shipping', undefined, 'many-to-one to addresses by shipping'],
    ['addresses', 'orders', 'shipping', 'one-to-many to orders by shipping'],
    ['rooms', 'houses', 'house_of_room', 'many-to-one to houses by house_of_room'],
    ['rooms', 'house_of_room', undefined, 'many-to-one to houses by house_of_room'],
    ['directors', 'directors', undefined, 'one-to-many to directors by directors_mentor_fkey'],
    ['directors', 'directors', 'mentor', 'one-to-many to directors by directors_mentor_fkey'],
    ['directors', 'mentor', undefined, 'many-to-one to directors by directors_mentor_fkey'],
    ['films', 'specs', undefined, 'one-to-one to specs by specs_film_fkey'],
  ])('of %s by %s, hint %s', (from, name, hint, way) => {
    expect(found(from, hint === undefined ? { name } : { name, hint })).toBe(way)
  })

  it.each<[from: string, name: string, hint: string | undefined]>([
    ['films', 'addresses', undefined],
    ['films', 'directors', 'title'],
    ['films', 'actors', 'reviews'],
    ['films', 'actors', 'roles_film_fkey'],
    ['rooms', 'town', undefined],
    ['rooms', 'houses', 'town'],
    ['actors', 'agents', undefined],
    ['films', '__proto__', undefined],
    ['films', 'directors', 'constructor'],
  ])('of %s by %s, hint %s, is none', (from, name, hint) => {
    expect(refusal(from, hint === undefined ? { name } : { name, hint })).toMatchObject({
      status: 400,
      code: 'PGRST200',
    })
  })

  it('that could go several ways is told of them', () => {
    expect(refusal('orders', { name: 'addresses' })).toMatchObject({
      status: 300,
      code: 'PGRST201',
      message: "Could not embed because more than one relationship was found for 'orders' and 'addresses'",
      details: [
        {
          cardinality: 'many-to-one',
          embedding: 'orders with addresses',
          relationship: 'billing using orders(billing) and addresses(id)',
        },
        {
          cardinality: 'many-to-one',
          embedding: 'orders with addresses',
          relationship: 'shipping using orders(shipping) and addresses(id)',
        },
      ],
      hint:
        "Try changing 'addresses' to one of the following: 'addresses!billing', 'addresses!shipping'. " +
        "Find the desired relationship in the 'details' key.",
    })
  })

  it.each([
    ['film', 'directors', "Perhaps you meant 'films' instead of 'film'."],
    ['films', 'role', "Perhaps you meant 'roles' instead of 'role'."],
    ['films', 'ROLES', null],
    ['films', 'nothing like it', null],
    ['noclosealternative', 'roles', null],
    ['films', 'x'.repeat(100_000), null],
  ])('of %s by %s is told what it may mean', (from, name, hint) => {
    expect(refusal(from, { name })).toMatchObject({ code: 'PGRST200', hint })
  })
})
