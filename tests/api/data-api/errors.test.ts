/*
 * Every failure is an answer: PostgREST's status for the SQLSTATE, what Postgres told the caller, and nothing
 * of the SQL behind it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataApi, startDataApi } from '../../support/http/data-api.ts'

let api: DataApi

beforeAll(async () => {
  api = await startDataApi(`
    create table public.projects (id int primary key, name text unique check (name <> ''), parent int references public.projects);
    grant select, insert on public.projects to anon;
    create view public.looping as select 1 as id;
    create function public.fail(state text) returns void language plpgsql as $$
      begin
        raise exception 'It failed' using errcode = state, detail = 'The detail', hint = 'The hint';
      end
    $$;
    create function public.raise_pgrst(message text, detail text) returns void language plpgsql as $$
      begin
        raise sqlstate 'PGRST' using message = message, detail = detail;
      end
    $$;
    create function public.raise_pgrst_alone() returns void language plpgsql as $$
      begin
        raise sqlstate 'PGRST' using message = '{"code":"X","message":"y"}';
      end
    $$;
    create function public.two_rows() returns int language sql as 'select (select 1 union all select 2)';
  `)
})
afterAll(() => api[Symbol.asyncDispose]())

function call(name: string, args: Record<string, unknown>) {
  return api.request(`/rpc/${name}`, { method: 'POST', body: JSON.stringify(args) })
}

describe('SQLSTATE', () => {
  it.each([
    ['08006', 503],
    ['09000', 500],
    ['0A000', 400],
    ['0L000', 403],
    ['0P000', 403],
    ['21000', 500],
    ['22023', 400],
    ['22P02', 400],
    ['23502', 400],
    ['23503', 409],
    ['23505', 409],
    ['23514', 400],
    ['25006', 405],
    ['25001', 500],
    ['28000', 403],
    ['2D000', 500],
    ['38000', 500],
    ['39000', 500],
    ['3B000', 500],
    ['40001', 500],
    ['40P01', 500],
    ['42501', 401],
    ['42703', 400],
    ['42883', 404],
    ['42P01', 404],
    ['42P17', 500],
    ['53100', 503],
    ['53400', 500],
    ['54001', 500],
    ['55000', 500],
    ['57014', 500],
    ['58000', 500],
    ['F0000', 500],
    ['HV000', 500],
    ['P0001', 400],
    ['P0002', 500],
    ['XX000', 500],
    ['ZZ999', 400],
    ['PT402', 402],
    ['PT409', 409],
    ['PTABC', 500],
  ])('%s is status %i, with code, message, details and hint', async (state, status) => {
    const response = await call('fail', { state })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(await response.json()).toEqual({
      code: state,
      message: 'It failed',
      details: 'The detail',
      hint: 'The hint',
    })
  })

  it('42501 is 403 for those who have signed in, and 401 with a challenge for those who have not', async () => {
    const { status } = await (await api.userClient()).rpc('fail', { state: '42501' })
    expect(status).toBe(403)
    const response = await call('fail', { state: '42501' })
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
  })

  it.each([
    ['23505', 409, { id: 1, name: 'taken' }, 'Key (id)=(1) already exists.'],
    ['23503', 409, { id: 2, parent: 77 }, 'Key (parent)=(77) is not present in table "projects".'],
    ['23514', 400, { id: 3, name: '' }, 'Failing row contains (3, , null).'],
    ['23502', 400, { name: 'x' }, 'Failing row contains (null, x, null).'],
  ])('%s of a real constraint is %i, with its detail', async (code, status, row, details) => {
    await api.database.query('insert into projects (id) values (1) on conflict do nothing')
    const answer = await api.gateway.client().from('projects').insert([row])
    expect(answer.status).toBe(status)
    expect(answer.error).toMatchObject({ code, details })
  })
})

describe("raise sqlstate 'PGRST'", () => {
  it('writes the whole response', async () => {
    const response = await call('raise_pgrst', {
      message: '{"code":"quota","message":"Too much","details":"7 of 5","hint":"Wait"}',
      detail: '{"status":402,"headers":{"X-Quota":"5"}}',
    })
    expect(response.status).toBe(402)
    expect(response.headers.get('x-quota')).toBe('5')
    expect(await response.json()).toEqual({
      code: 'quota',
      message: 'Too much',
      details: '7 of 5',
      hint: 'Wait',
    })
  })

  it.each([
    ['no json', '{"status":402,"headers":{}}', "Invalid JSON value for MESSAGE: 'no json'"],
    ['{"code":"a","message":"b"}', 'no json', "Invalid JSON value for DETAIL: 'no json'"],
  ])('with message %s and detail %s is PGRST121', async (message, detail, details) => {
    const response = await call('raise_pgrst', { message, detail })
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ code: 'PGRST121', details })
  })

  it('without a detail is PGRST121', async () => {
    const response = await call('raise_pgrst_alone', {})
    expect(await response.json()).toMatchObject({
      code: 'PGRST121',
      details: 'DETAIL is missing in the RAISE statement',
    })
  })
})

describe('the code of a failure', () => {
  it.each([
    ['/nothing', 'PGRST205'],
    ['/projects?id=eq.one', '22P02'],
    ['/rpc/fail?state=PT402', 'PT402'],
    [
      `/rpc/raise_pgrst?message=${encodeURIComponent('{"code":"q","message":"m"}')}&detail={"status":402,"headers":{}}`,
      'q',
    ],
  ])('stands in a header too, for HEAD: %s', async (path, code) => {
    const response = await api.request(path, { method: 'HEAD' })
    expect(response.headers.get('proxy-status')).toBe(`PostgREST; error=${code}`)
    expect(await response.text()).toBe('')
  })

  it.each(['a\nb', 'ä', ''])('stays out of it where it is none: %j', async (code) => {
    const message = JSON.stringify({ code, message: 'y' })
    const response = await call('raise_pgrst', { message, detail: '{"status":402,"headers":{}}' })
    expect(response.status).toBe(402)
    expect(response.headers.get('proxy-status')).toBeNull()
    expect(await response.json()).toMatchObject({ code })
  })

  it.each([
    '{"status":402,"headers":{"no name":"x"}}',
    '{"status":402,"headers":{"":"x"}}',
    '{"status":402,"headers":{"X-A":"a\\nb"}}',
    '{"status":402,"headers":{"X-A":"\\u2028"}}',
    '{"status":204,"headers":{}}',
    '{"status":304,"headers":{}}',
  ])('is answered whatever headers and status SQL asks for: %s', async (detail) => {
    const response = await call('raise_pgrst', { message: '{"code":"q","message":"m"}', detail })
    expect([204, 304, 500]).toContain(response.status)
  })
})

describe('what does not exist', () => {
  it.each([
    ['/nothing', 404, 'PGRST205', null],
    ['/project', 404, 'PGRST205', "Perhaps you meant the table 'public.projects'"],
    ['/projects?select=id,nothing(*)', 400, 'PGRST200', null],
    ['/rpc/nothing', 404, 'PGRST202', null],
    ['/projects/1', 404, 'PGRST125', null],
    ['/users', 404, 'PGRST205', null],
  ])('%s is %i %s', async (path, status, code, hint) => {
    const response = await api.request(path)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ code, hint })
  })

  it('names the column with its table', async () => {
    const { error, status } = await api.gateway.client().from('projects').select('nothing')
    expect(status).toBe(400)
    expect(error).toMatchObject({ code: '42703', message: 'column projects.nothing does not exist' })
  })

  it('refuses a schema that is not exposed', async () => {
    const { error, status } = await api.gateway.client().schema('auth').from('users').select('id')
    expect(status).toBe(406)
    expect(error).toMatchObject({ code: 'PGRST106', hint: 'Only the following schemas are exposed: public' })
  })
})

describe('a malformed request', () => {
  it.each([
    ['GET', '/projects?id=foo.1', undefined, 400, 'PGRST100'],
    ['GET', '/projects?id=eq.one', undefined, 400, '22P02'],
    ['POST', '/projects', '{"id":', 400, 'PGRST102'],
    ['POST', '/projects', '{"id":1,"nothing":2}', 400, 'PGRST204'],
    ['PROPFIND', '/projects', undefined, 405, 'PGRST117'],
    ['DELETE', '/rpc/fail', undefined, 405, 'PGRST101'],
  ])('%s %s with %s is %i %s', async (method, path, body, status, code) => {
    const response = await api.request(path, { method, body })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ code })
  })
})

it('shows neither SQL nor a stack', async () => {
  const answers = await Promise.all([
    call('two_rows', {}),
    call('fail', { state: 'XX000' }),
    api.request('/projects?select=id,nothing(*)'),
  ])
  for (const answer of answers) {
    const text = await answer.text()
    expect(text).not.toMatch(/select |lite_row|\bat .*:\d+/)
    expect(Object.keys(JSON.parse(text)).sort()).toEqual(['code', 'details', 'hint', 'message'])
  }
})

it.each(['/nothing', '/projects/1', '/projects?order=id.up', '/projects?select=count()'])(
  'the answer to %s has all of its keys, also those of which there is nothing to tell',
  async (path) => {
    const answer: unknown = await (await api.request(path)).json()
    expect(Object.keys(Object(answer)).toSorted()).toEqual(['code', 'details', 'hint', 'message'])
  },
)
