/*
 * Which tables join two others many to many: only what PostgREST takes for a junction.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataApi, startDataApi } from '../../support/http/data-api.ts'

let api: DataApi

beforeAll(async () => {
  api = await startDataApi(`
    create table public.houses (id text primary key, name text);
    create table public.people (house text references public.houses, id int, name text, primary key (house, id));
    create table public.letters (house text, id int, primary key (house, id));
    create table public.rooms (house text references public.houses, id int, floor int, primary key (house, id));
    create table public.keepers (house text references public.houses, id int, name text, primary key (house, id),
      first_room int, constraint keepers_room_fkey foreign key (house, first_room) references public.rooms (house, id));
    -- A junction, and one beside a key.
    create table public.tenants (house text, person int, room int, primary key (house, person, room),
      foreign key (house, person) references public.people (house, id),
      foreign key (house, room) references public.rooms (house, id));
    create table public.chores (house text, keeper int, room int, primary key (house, keeper, room),
      constraint chores_keeper_fkey foreign key (house, keeper) references public.keepers (house, id),
      constraint chores_room_fkey foreign key (house, room) references public.rooms (house, id));
    -- What is none: a key of its own, and a key that is another table's.
    create table public.visits (house text, id int, room int, guest int, letter int, primary key (house, id),
      foreign key (house, room) references public.rooms (house, id),
      foreign key (house, guest) references public.people (house, id),
      foreign key (house, letter) references public.letters (house, id));
    create table public.clocks (house text references public.houses, room int, maker int, primary key (house, room),
      foreign key (house, room) references public.rooms (house, id));
    grant select on all tables in schema public to anon;
    insert into houses values ('A', 'Abbey'), ('B', 'Barn');
    insert into people values ('A', 1, 'Ada'), ('B', 1, 'Bea');
    insert into rooms values ('A', 1, 0), ('A', 2, 1), ('B', 1, 0);
    insert into keepers values ('A', 1, 'Kay', 2);
    insert into tenants values ('A', 1, 1), ('B', 1, 1);
    insert into chores values ('A', 1, 1), ('A', 1, 2);
    insert into visits values ('A', 1, 2, 1);
    insert into clocks values ('A', 1, 1);
  `)
})
afterAll(() => api[Symbol.asyncDispose]())

describe('a table with keys to both sides', () => {
  it('is a junction where they are part of its primary key', async () => {
    expect(await api.rows('/rooms?select=floor,people(name)&order=house,id')).toEqual([
      { floor: 0, people: [{ name: 'Ada' }] },
      { floor: 1, people: [] },
      { floor: 0, people: [{ name: 'Bea' }] },
    ])
  })

  it('embeds both sides, whether it is a junction or not', async () => {
    expect(await api.rows('/visits?select=id,rooms(floor),people(name)')).toEqual([
      { id: 1, rooms: { floor: 1 }, people: { name: 'Ada' } },
    ])
  })

  it.each(['letters', 'letters!visits', 'mail:letters!inner', 'people!visits'])(
    'is none where they are not: %s',
    async (embed) => {
      expect(await api.read(`/rooms?select=floor,${embed}(id)`)).toMatchObject({
        status: 400,
        body: { code: 'PGRST200' },
      })
    },
  )

  it('is none where one of them is its whole primary key, and so no list', async () => {
    expect(await api.rows('/rooms?select=floor,clocks(maker)&house=eq.A&order=id')).toEqual([
      { floor: 0, clocks: { maker: 1 } },
      { floor: 1, clocks: null },
    ])
    // A key leads from the rooms to their house; the clocks lead there too, and count for nothing.
    expect(await api.rows('/rooms?select=floor,houses(name)&id=eq.2')).toEqual([
      { floor: 1, houses: { name: 'Abbey' } },
    ])
  })

  it('is ambiguous beside a key, and each is found by its name', async () => {
    const { status, body } = await api.read('/keepers?select=rooms(floor)')
    expect(status).toBe(300)
    expect(body).toEqual({
      code: 'PGRST201',
      message: "Could not embed because more than one relationship was found for 'keepers' and 'rooms'",
      details: [
        {
          cardinality: 'many-to-one',
          embedding: 'keepers with rooms',
          relationship: 'keepers_room_fkey using keepers(house, first_room) and rooms(house, id)',
        },
        {
          cardinality: 'many-to-many',
          embedding: 'keepers with rooms',
          relationship: 'chores using chores_keeper_fkey(house, keeper) and chores_room_fkey(house, room)',
        },
      ],
      hint:
        "Try changing 'rooms' to one of the following: 'rooms!keepers_room_fkey', 'rooms!chores'. " +
        "Find the desired relationship in the 'details' key.",
    })
    expect(
      await api.rows('/keepers?select=first:rooms!keepers_room_fkey(floor),rooms!chores(floor)'),
    ).toEqual([{ first: { floor: 1 }, rooms: [{ floor: 0 }, { floor: 1 }] }])
  })
})
