/*
 * Nothing is granted that SQL does not grant: column grants hold, and serving requests changes no privilege.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataApi, startDataApi } from '../../support/http/data-api.ts'

const privileges = `
  select relname, relacl::text, (select array_agg(attname || attacl::text order by attname)
    from pg_attribute where attrelid = c.oid and attacl is not null) as columns
  from pg_class c where relnamespace = 'public'::regnamespace order by relname`
const defaults = 'select defaclacl::text from pg_default_acl order by 1'

let api: DataApi

beforeAll(async () => {
  api = await startDataApi(`
    create table public.accounts (id int primary key, name text, plan text not null default 'free');
    alter table public.accounts enable row level security;
    create policy accounts_select on public.accounts for select to authenticated using (true);
    create policy accounts_update on public.accounts for update to authenticated using (true) with check (true);
    create policy accounts_insert on public.accounts for insert to authenticated with check (true);
    grant select (id, name), insert (id, name), update (name) on public.accounts to authenticated;
    create table public.secrets (id int primary key);
    alter table public.secrets enable row level security;
    insert into public.accounts values (1, 'Ada', 'premium');
  `)
})
afterAll(() => api[Symbol.asyncDispose]())

describe('column grants', () => {
  it('allow the columns that are granted', async () => {
    const client = await api.userClient()
    const { data } = await client.from('accounts').select('id, name').eq('id', 1)
    expect(data).toEqual([{ id: 1, name: 'Ada' }])
    const { error, status } = await client.from('accounts').update({ name: 'Ada L.' }).eq('id', 1)
    expect(error).toBeNull()
    expect(status).toBe(204)
  })

  it('deny every other one, in the list, in a filter, in * and in a write', async () => {
    const client = await api.userClient()
    const denied = { code: '42501', message: 'permission denied for table accounts' }
    const answers = await Promise.all([
      client.from('accounts').select('*'),
      client.from('accounts').select('plan'),
      client.from('accounts').select('id').eq('plan', 'premium'),
      client.from('accounts').update({ plan: 'premium' }).eq('id', 1),
      client.from('accounts').insert({ id: 2, plan: 'premium' }),
      client.from('accounts').update({ name: 'x' }).eq('id', 1).select('plan'),
    ])
    for (const { error, status } of answers) {
      expect(error).toMatchObject(denied)
      expect(status).toBe(403)
    }
    expect(await api.database.query('select plan from accounts')).toEqual([{ plan: 'premium' }])
  })

  it('answer 401 to those who have not signed in', async () => {
    const { error, status } = await api.gateway.client().from('secrets').select('id')
    expect(status).toBe(401)
    expect(error).toMatchObject({ code: '42501', message: 'permission denied for table secrets' })
  })
})

it('leaves every privilege and default privilege as it was', async () => {
  const before = [await api.database.query(privileges), await api.database.query(defaults)]
  const client = await api.userClient()
  await client.from('accounts').select('id')
  await client.from('secrets').select('id')
  await api.gateway.adminClient().from('accounts').select('id')
  expect([await api.database.query(privileges), await api.database.query(defaults)]).toEqual(before)
})
