/*
 * Embedding along foreign keys of several columns: every column counts, whichever way the key is found.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataApi, startDataApi } from '../../support/http/data-api.ts'

let api: DataApi

beforeAll(async () => {
  // Ids repeat from house to house: a join on one column of a key alone finds strangers.
  api = await startDataApi(`
    create table public.houses (id text primary key, name text);
    create table public.people (house text references public.houses, id int, name text, primary key (house, id));
    create table public.letters (house text, id int, sender int, receiver int, subject text,
      primary key (house, id),
      constraint letters_sender_fkey foreign key (house, sender) references public.people (house, id),
      constraint letters_receiver_fkey foreign key (receiver, house) references public.people (id, house));
    create table public.pages (id int primary key, house text, letter_id int, content text,
      constraint pages_letter_fkey foreign key (house, letter_id) references public.letters (house, id));
    create table public.envelopes (house text, letter_id int, color text, number int,
      primary key (letter_id, house),
      constraint envelopes_letter_fkey foreign key (house, letter_id) references public.letters (house, id));
    create table public.seals (id int primary key, house text, letter_id int, unique (house, letter_id),
      constraint seals_letter_fkey foreign key (house, letter_id) references public.letters (house, id));
    create table public.readers (house text, letter_id int, person_id int, primary key (house, letter_id, person_id),
      foreign key (house, letter_id) references public.letters (house, id),
      foreign key (house, person_id) references public.people (house, id));
    create view public.marked_pages as select id, house, letter_id from public.pages;
    grant select on all tables in schema public to anon;
    insert into houses values ('A', 'Abbey'), ('B', 'Barn');
    insert into people values ('A', 1, 'Ada'), ('A', 2, 'Alan'), ('B', 1, 'Bob'), ('B', 2, 'Bea');
    insert into letters values ('A', 1, 1, 2, 'first'), ('A', 2, 2, 1, 'second'), ('B', 1, 1, 2, 'foreign'), ('B', 2, null, 1, 'unsigned');
    insert into pages values (1, 'A', 1, 'Dear Alan'), (2, 'A', 1, 'Yours, Ada'), (3, 'A', 2, 'Dear Ada'), (4, 'B', 1, 'Dear Bea');
    insert into envelopes values ('A', 1, 'red', 7), ('B', 1, 'blue', 8);
    insert into seals values (1, 'A', 2), (2, 'B', 1);
    insert into readers values ('A', 1, 1), ('A', 1, 2), ('B', 1, 2);
  `)
})
afterAll(() => api[Symbol.asyncDispose]())

describe('a key of several columns', () => {
  it.each(['letters', 'letters!pages_letter_fkey'])('leads to the parent: %s', async (embed) => {
    expect(await api.rows(`/pages?select=id,${embed}(subject)&order=id`)).toEqual([
      { id: 1, letters: { subject: 'first' } },
      { id: 2, letters: { subject: 'first' } },
      { id: 3, letters: { subject: 'second' } },
      { id: 4, letters: { subject: 'foreign' } },
    ])
  })

  it.each(['pages', 'pages!pages_letter_fkey'])('leads to the children: %s', async (embed) => {
    expect(await api.rows(`/letters?select=subject,${embed}(id)&order=house,id&pages.order=id`)).toEqual([
      { subject: 'first', pages: [{ id: 1 }, { id: 2 }] },
      { subject: 'second', pages: [{ id: 3 }] },
      { subject: 'foreign', pages: [{ id: 4 }] },
      { subject: 'unsigned', pages: [] },
    ])
  })

  it.each(['envelopes', 'envelopes!envelopes_letter_fkey'])(
    'leads to one child where it is its primary key: %s',
    async (embed) => {
      expect(await api.rows(`/letters?select=id,${embed}(color)&order=house,id`)).toEqual([
        { id: 1, envelopes: { color: 'red' } },
        { id: 2, envelopes: null },
        { id: 1, envelopes: { color: 'blue' } },
        { id: 2, envelopes: null },
      ])
    },
  )

  it.each(['seals', 'seals!seals_letter_fkey'])(
    'leads to one child where it is unique: %s',
    async (embed) => {
      expect(await api.rows(`/letters?select=id,${embed}(id)&order=house,id`)).toEqual([
        { id: 1, seals: null },
        { id: 2, seals: { id: 1 } },
        { id: 1, seals: { id: 2 } },
        { id: 2, seals: null },
      ])
    },
  )

  it.each(['people', 'people!readers'])('joins many to many: %s', async (embed) => {
    const select = embed === 'people' ? 'readers(people(name))' : `${embed}(name)`
    const people = (names: string[]) =>
      embed === 'people'
        ? { readers: names.map((name) => ({ people: { name } })) }
        : { people: names.map((name) => ({ name })) }
    expect(await api.rows(`/letters?select=${select}&order=house,id`)).toEqual([
      people(['Ada', 'Alan']),
      people([]),
      people(['Bea']),
      people([]),
    ])
  })

  it.each(['letters', 'letters!pages_letter_fkey'])('spreads the parent: %s', async (embed) => {
    expect(await api.rows(`/pages?select=id,...${embed}(subject)&order=id`)).toEqual([
      { id: 1, subject: 'first' },
      { id: 2, subject: 'first' },
      { id: 3, subject: 'second' },
      { id: 4, subject: 'foreign' },
    ])
  })

  it.each(['letters', 'letters!pages_letter_fkey'])('leads on from a view: %s', async (embed) => {
    expect(await api.rows(`/marked_pages?select=id,${embed}(subject)&id=gt.2&order=id`)).toEqual([
      { id: 3, letters: { subject: 'second' } },
      { id: 4, letters: { subject: 'foreign' } },
    ])
  })

  it('sorts by the parent', async () => {
    expect(
      await api.rows('/pages?select=id,letters!pages_letter_fkey(subject)&order=letters(subject).desc,id'),
    ).toMatchObject([{ id: 3 }, { id: 4 }, { id: 1 }, { id: 2 }])
  })
})

describe('two keys between the same tables', () => {
  it('are told apart by their names, in one request', async () => {
    const select =
      'subject,sender:people!letters_sender_fkey(name),receiver:people!letters_receiver_fkey(name)'
    expect(await api.rows(`/letters?select=${select}&order=house,id`)).toEqual([
      { subject: 'first', sender: { name: 'Ada' }, receiver: { name: 'Alan' } },
      { subject: 'second', sender: { name: 'Alan' }, receiver: { name: 'Ada' } },
      { subject: 'foreign', sender: { name: 'Bob' }, receiver: { name: 'Bea' } },
      { subject: 'unsigned', sender: null, receiver: { name: 'Bob' } },
    ])
  })

  it('are told apart from the other side', async () => {
    const select =
      'name,sent:letters!letters_sender_fkey(subject),received:letters!letters_receiver_fkey(subject)'
    expect(await api.rows(`/people?select=${select}&order=house,id`)).toEqual([
      { name: 'Ada', sent: [{ subject: 'first' }], received: [{ subject: 'second' }] },
      { name: 'Alan', sent: [{ subject: 'second' }], received: [{ subject: 'first' }] },
      { name: 'Bob', sent: [{ subject: 'foreign' }], received: [{ subject: 'unsigned' }] },
      { name: 'Bea', sent: [], received: [{ subject: 'foreign' }] },
    ])
  })

  it('are ambiguous without, and the answer names them with their columns', async () => {
    const { status, body } = await api.read('/letters?select=people(name)')
    expect(status).toBe(300)
    expect(body).toMatchObject({
      code: 'PGRST201',
      details: expect.arrayContaining([
        {
          cardinality: 'many-to-one',
          embedding: 'letters with people',
          relationship: 'letters_sender_fkey using letters(house, sender) and people(house, id)',
        },
      ]),
    })
  })
})

describe('a hint', () => {
  it('may be the name of a column where that is the whole key', async () => {
    expect(await api.rows('/people?select=name,houses!house(name)&id=eq.1&order=house')).toEqual([
      { name: 'Ada', houses: { name: 'Abbey' } },
      { name: 'Bob', houses: { name: 'Barn' } },
    ])
    expect(await api.rows('/people?select=name,home:house(name)&id=eq.1&order=house')).toEqual([
      { name: 'Ada', home: { name: 'Abbey' } },
      { name: 'Bob', home: { name: 'Barn' } },
    ])
    expect(await api.rows('/houses?select=name,people!house(name)&people.id=eq.1&order=id')).toEqual([
      { name: 'Abbey', people: [{ name: 'Ada' }] },
      { name: 'Barn', people: [{ name: 'Bob' }] },
    ])
  })

  it.each(['people!sender', 'people!house', 'people!letters_house_fkey'])(
    'does not stand for a key by one of its columns: %s',
    async (embed) => {
      const { status, body } = await api.read(`/letters?select=${embed}(name)`)
      expect({ status, body }).toMatchObject({ status: 400, body: { code: 'PGRST200' } })
    },
  )

  it('holds at every depth', async () => {
    const select =
      'content,letters!pages_letter_fkey(subject,people!letters_sender_fkey(name,letters!letters_receiver_fkey(subject)))'
    expect(await api.rows(`/pages?select=${select}&id=in.(1,4)&order=id`)).toEqual([
      {
        content: 'Dear Alan',
        letters: { subject: 'first', people: { name: 'Ada', letters: [{ subject: 'second' }] } },
      },
      {
        content: 'Dear Bea',
        letters: { subject: 'foreign', people: { name: 'Bob', letters: [{ subject: 'unsigned' }] } },
      },
    ])
  })

  it('holds where the embedded rows filter the others', async () => {
    const sender = 'sender:people!letters_sender_fkey!inner(name)'
    expect(await api.rows(`/letters?select=subject,${sender}&sender.name=eq.Bob`)).toEqual([
      { subject: 'foreign', sender: { name: 'Bob' } },
    ])
    expect(
      await api.rows('/people?select=name,letters!letters_sender_fkey!inner(id)&letters.id=eq.2'),
    ).toEqual([{ name: 'Alan', letters: [{ id: 2 }] }])
    expect(await api.rows('/people?select=name,letters!letters_sender_fkey()&letters=is.null')).toEqual([
      { name: 'Bea' },
    ])
  })
})

describe('an alias', () => {
  const asked = (alias: string, name: string) =>
    api.request(
      `/people?select=name,${encodeURIComponent(alias)}:letters!letters_sender_fkey(subject)` +
        `&${name}.subject=eq.first&name=eq.Ada`,
    )
  const answer = (alias: string) => [{ name: 'Ada', [alias]: [{ subject: 'first' }] }]

  it('is what parameters go by; whoever goes by the relation is told', async () => {
    const byAlias = await asked('post', 'post')
    expect([await byAlias.json(), byAlias.headers.get('warning')]).toEqual([answer('post'), null])
    const byRelation = await asked('post', 'letters')
    expect(await byRelation.json()).toEqual(answer('post'))
    expect(byRelation.headers.get('warning')).toMatch(/^299 PostgREST ".* Update `letters` to `post` in .*"$/)
  })

  it.each(['ü\u0001', '\r\nX-Evil: 1', '世'])('is told of in a header, whatever it is: %j', async (alias) => {
    const response = await asked(`"${alias}"`, 'letters')
    expect(await response.json()).toEqual(answer(alias))
    expect(response.headers.get('warning')).toContain('Update `letters` to `')
    expect(response.headers.get('x-evil')).toBeNull()
  })
})
