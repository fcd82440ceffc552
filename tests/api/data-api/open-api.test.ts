/*
 * `/rest/v1/` describes the schema to the secret key, in the words of PostgREST, so that generators and fuzzers work.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { openApiDocument } from '../../../local/services/data-api/open-api/index.ts'
import { type DataApi, signToken, startDataApi } from '../../support/http/data-api.ts'

let api: DataApi

beforeAll(async () => {
  api = await startDataApi(`
    comment on schema public is E'The shop\n\nSells things.';
    create type public.mood as enum ('sad', 'happy');
    create table public.people (id bigint primary key generated always as identity, name varchar(20) not null default 'x',
      mood public.mood, tags text[], data jsonb, born timestamp(3) with time zone default now(), is_new boolean default false);
    comment on table public.people is E'People\n\nWho buy.';
    comment on column public.people.name is 'What they are called';
    create table public.orders (id int primary key, person_id bigint not null references public.people, "a/b ~c" numeric(8,2));
    create view public.happy as select id, name from people where mood = 'happy';
    create view public.moods as select mood, count(*) from people group by mood;
    create view public.shouted as select upper(name) as name from people;
    create table public.hidden (id int primary key);
    create function public.find(word text, most int default 3, variadic tags text[] default '{}') returns setof people
      language sql stable as 'select * from people';
    comment on function public.find is 'Finds people';
    create function public.count_up(by int default 1) returns int language sql as 'select by';
    create function public.buy("order" jsonb) returns void language sql as 'select';
    create function public.tg_people() returns trigger language plpgsql as 'begin return new; end';
    create view public.totals as select count(*) as people from people;
    create trigger tg_totals instead of update on public.totals for each row execute function public.tg_people();
    create function public.secret() returns int language sql as 'select 1';
    grant select on public.people, public.orders, public.happy, public.moods to service_role;
    grant select on public.shouted, public.totals to service_role;
    revoke all on public.hidden from service_role;
    revoke execute on function public.secret from public, service_role, anon, authenticated;
  `)
})
afterAll(() => api[Symbol.asyncDispose]())

async function describeSchema(headers: Record<string, string> = {}) {
  const response = await api.request('/', { headers: { apikey: api.gateway.secretKey, ...headers } })
  const document = (await response.json()) as ReturnType<typeof openApiDocument>
  return { response, document }
}

describe('the document', () => {
  it('says what it is and where the API is', async () => {
    const { response, document } = await describeSchema()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/openapi+json; charset=utf-8')
    expect(document).toMatchObject({
      swagger: '2.0',
      info: { title: 'The shop', description: 'Sells things.' },
      host: new URL(api.gateway.url).host,
      basePath: '/rest/v1',
      schemes: ['http'],
    })
  })

  it('defines rows, with keys, enums, defaults and comments', async () => {
    const { document } = await describeSchema()
    expect(document.definitions.people).toEqual({
      type: 'object',
      description: 'People\n\nWho buy.',
      required: ['id', 'name'],
      properties: {
        id: { type: 'integer', format: 'int64', description: 'Note:\nThis is a Primary Key.<pk/>' },
        name: {
          type: 'string',
          format: 'character varying',
          default: 'x',
          maxLength: 20,
          description: 'What they are called',
        },
        mood: { type: 'string', format: 'public.mood', enum: ['sad', 'happy'] },
        tags: { type: 'array', format: 'text[]', items: { type: 'string' } },
        data: { format: 'jsonb' },
        born: { type: 'string', format: 'timestamp with time zone', default: 'now()' },
        is_new: { type: 'boolean', format: 'boolean', default: false },
      },
    })
    expect(document.definitions.orders?.properties?.person_id?.description).toBe(
      "Note:\nThis is a Foreign Key to `people.id`.<fk table='people' column='id'/>",
    )
  })

  it('has a path for what the role may touch, with what can be done there', async () => {
    const { document } = await describeSchema()
    const operations = Object.entries<object>(document.paths).map(([path, item]) => [
      path,
      Object.keys(item).sort(),
    ])
    expect(Object.fromEntries(operations)).toEqual({
      '/': ['get'],
      '/happy': ['delete', 'get', 'patch', 'post'],
      '/moods': ['get'],
      '/orders': ['delete', 'get', 'patch', 'post'],
      '/people': ['delete', 'get', 'patch', 'post'],
      '/rpc/buy': ['post'],
      '/rpc/count_up': ['post'],
      '/rpc/find': ['get', 'post'],
      // Rows of the one can only be deleted, of the other only updated.
      '/shouted': ['delete', 'get', 'patch', 'post'],
      '/totals': ['delete', 'get', 'patch', 'post'],
    })
    expect(document.paths['/people']?.get).toMatchObject({ summary: 'People', description: 'Who buy.' })
  })

  it('says what functions take', async () => {
    const { document } = await describeSchema()
    const { get, post } = document.paths['/rpc/find'] ?? {}
    expect(get).toMatchObject({ summary: 'Finds people', tags: ['(rpc) find'] })
    expect(get?.parameters).toEqual([
      { name: 'word', in: 'query', required: true, type: 'string', format: 'text' },
      { name: 'most', in: 'query', required: false, type: 'integer', format: 'int32' },
      {
        name: 'tags',
        in: 'query',
        required: false,
        type: 'array',
        items: { type: 'string', format: 'text' },
        collectionFormat: 'multi',
      },
    ])
    expect(post?.parameters?.[0]).toMatchObject({ schema: { required: ['word'], type: 'object' } })
    // An empty list of what is required is none that a generator takes.
    const [of] = document.paths['/rpc/count_up']?.post?.parameters ?? []
    expect(of).toMatchObject({ name: 'args', schema: { type: 'object' } })
    expect(of).not.toHaveProperty('schema.required')
  })

  it('lists what is preferred where only some of it counts', async () => {
    const { parameters } = (await describeSchema()).document
    const prefer = {
      name: 'Prefer',
      description: 'Preference',
      required: false,
      in: 'header',
      type: 'string',
    }
    expect(parameters?.preferParams).toEqual(prefer)
    expect(parameters?.preferCount).toEqual({ ...prefer, enum: ['count=none'] })
    expect(parameters?.preferReturn).toMatchObject({ enum: expect.arrayContaining(['return=minimal']) })
  })

  it('refers to nothing that it does not have', async () => {
    const { document } = await describeSchema()
    const references = JSON.stringify(document).match(/"#\/[^"]*"/g) ?? []
    expect(references.length).toBeGreaterThan(50)
    for (const reference of references)
      expect(resolve(document, JSON.parse(reference)), reference).toBeDefined()
  })

  it('comes for HEAD without a body, for JSON, and for nothing else', async () => {
    const head = await api.request('/', { method: 'HEAD', headers: { apikey: api.gateway.secretKey } })
    expect(head.status).toBe(200)
    expect(await head.text()).toBe('')
    expect((await describeSchema({ accept: 'application/json' })).response.status).toBe(200)
    const { response, document } = await describeSchema({ accept: 'text/csv' })
    expect(response.status).toBe(406)
    expect(document).toMatchObject({ code: 'PGRST107' })
  })
})

it('is forbidden to whoever has no secret key', async () => {
  const authorization = `Bearer ${await signToken()}`
  for (const headers of [{}, { authorization }]) {
    const response = await api.request('/', { headers })
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({
      message: 'Access to schema is forbidden',
      hint: 'Accessing the schema via the Data API is only allowed using a secret API key.',
    })
  }
})

function resolve(document: unknown, reference: string): unknown {
  const names = reference.slice(2).split('/')
  return names.reduce<unknown>((value, name) => {
    const key = name.replaceAll('~1', '/').replaceAll('~0', '~')
    return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  }, document)
}
