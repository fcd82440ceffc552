/*
 * `alter role … set …` counts for the requests of that role, as it stands or as it is changed.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DataApi, startDataApi, until } from '../../support/http/data-api.ts'

let api: DataApi

beforeAll(async () => {
  api = await startDataApi(`
    create function public.timeout() returns text language sql as $$ select current_setting('statement_timeout') $$;
    create function public.most_rows() returns text language sql
      as $$ select current_setting('pgrst.db_max_rows', true) $$;
    create function public.nap(seconds float8) returns void language sql as 'select pg_sleep(seconds)';
  `)
})
afterAll(() => api[Symbol.asyncDispose]())

it('gives each role its own statement_timeout', async () => {
  const { data: anonymous } = await api.gateway.client().rpc('timeout')
  expect(anonymous).toBe('3s')
  const { data: authenticated } = await (await api.userClient()).rpc('timeout')
  expect(authenticated).toBe('8s')
  const { data: service } = await api.gateway.adminClient().rpc('timeout')
  expect(service).toBe('8s')
})

it('cancels what takes longer, with 500', async () => {
  const { error, status } = await api.gateway.client().rpc('nap', { seconds: 10 })
  expect(status).toBe(500)
  expect(error).toMatchObject({ code: '57014', message: 'canceling statement due to statement timeout' })
})

it('takes up a change when it is told to', async () => {
  const [row] = await api.database.query<{ name: string }>('select current_database() as name')
  const anonymous = async () => (await api.gateway.client().rpc('timeout')).data
  await api.database.query(`
    alter role anon in database ${row?.name} set statement_timeout = '1234ms';
    alter role anon in database ${row?.name} set pgrst.db_max_rows = '5'`)
  await api.database.query("notify pgrst, 'reload config'")
  await until(async () => (await anonymous()) === '1234ms')
  // What is no setting of Postgres that a request may have is left out.
  expect((await api.gateway.client().rpc('most_rows')).data).toBeNull()
  await api.database.query(`
    alter role anon in database ${row?.name} reset statement_timeout;
    alter role anon in database ${row?.name} reset pgrst.db_max_rows`)
  await api.database.query("notify pgrst, 'reload config'")
  await until(async () => (await anonymous()) === '3s')
})
