/*
 * What SQL sees of a request: role, claims, the request itself, a read-only transaction where nothing may be
 * written, and a function that runs before everything else.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataApi, startDataApi, until } from '../../support/http/data-api.ts'

const sub = '00000000-0000-4000-8000-00000000000a'

let api: DataApi

beforeAll(async () => {
  api = await startDataApi(`
    create table public.notes (id int primary key, owner uuid not null, body text);
    alter table public.notes enable row level security;
    create policy notes_select on public.notes for select to authenticated using (owner = (select auth.uid()));
    grant select on public.notes to authenticated;
    grant select on public.notes to service_role;
    insert into public.notes values (1, '${sub}', 'mine'), (2, '00000000-0000-4000-8000-00000000000b', 'theirs');

    create function public.context() returns json language sql volatile as $$
      select json_build_object(
        'role', current_user, 'uid', auth.uid(), 'claims', current_setting('request.jwt.claims', true)::json,
        'method', current_setting('request.method', true), 'path', current_setting('request.path', true),
        'headers', current_setting('request.headers', true)::json,
        'cookies', current_setting('request.cookies', true)::json,
        'search_path', current_setting('search_path'), 'read_only', current_setting('transaction_read_only'))
    $$;
    create function public.stable_context() returns json language sql stable as 'select public.context()';
    create function public.write_note() returns int language plpgsql as $$
      begin
        insert into public.notes values (99, '${sub}', 'written');
        return 1;
      end
    $$;
    alter function public.write_note() security definer;
    create function public.with_response(p_status text, p_headers text) returns text language plpgsql as $$
      begin
        perform set_config('response.status', p_status, true), set_config('response.headers', p_headers, true);
        return 'done';
      end
    $$;
    create table public.greetings (id int primary key);
    grant select, insert on public.greetings to anon;
    create function public.tg_greet() returns trigger language plpgsql as $$
      begin
        perform set_config('response.headers', '[{"X-Greeting": "hello"}]', true);
        return new;
      end
    $$;
    create trigger greet before insert on public.greetings for each row execute function public.tg_greet();
  `)
})
afterAll(() => api[Symbol.asyncDispose]())

describe('role and claims', () => {
  it('runs as the role of the token, with all of its claims', async () => {
    const client = await api.userClient({ sub, custom: { plan: 'pro' } })
    const { data } = await client.rpc('context')
    expect(data).toMatchObject({
      role: 'authenticated',
      uid: sub,
      claims: { sub, role: 'authenticated', custom: { plan: 'pro' } },
    })
  })

  it('runs as anon with the publishable key and as service_role with the secret one', async () => {
    const { data: anonymous } = await api.gateway.client().rpc('context')
    expect(anonymous).toMatchObject({ role: 'anon', uid: null, claims: { role: 'anon' } })
    const { data: service } = await api.gateway.adminClient().rpc('context')
    expect(service).toMatchObject({ role: 'service_role', claims: { role: 'service_role' } })
  })

  it('lets row-level security see the caller', async () => {
    const client = await api.userClient({ sub })
    const { data } = await client.from('notes').select('id')
    expect(data).toEqual([{ id: 1 }])
    const { data: all } = await api.gateway.adminClient().from('notes').select('id')
    expect(all).toHaveLength(2)
  })

  it('leaves nothing of one request to the next', async () => {
    const client = await api.userClient({ sub })
    await Promise.all(Array.from({ length: 30 }, () => client.from('notes').select('id')))
    const { data } = await api.gateway.client().rpc('context')
    expect(data).toMatchObject({ role: 'anon', uid: null })
  })
})

describe('the request', () => {
  it('is visible with names of headers in lower case, cookies apart', async () => {
    const response = await api.request('/rpc/context', {
      method: 'POST',
      body: '{}',
      headers: { 'X-Custom': 'Value', cookie: 'theme=dark; size=2; a=1; =nameless; alone; b=c=d' },
    })
    const context = await response.json()
    expect(context).toEqual({
      ...Object(context),
      headers: expect.not.objectContaining({ cookie: expect.anything() }),
    })
    expect(Object(context).cookies).toEqual({ theme: 'dark', size: '2', a: '1', b: 'c=d' })
    expect(context).toMatchObject({
      method: 'POST',
      path: '/rpc/context',
      headers: { 'x-custom': 'Value' },
      search_path: '"public", "extensions"',
    })
  })

  it.each([
    ['GET', '/rpc/context', 'on'],
    ['POST', '/rpc/context', 'off'],
    ['POST', '/rpc/stable_context', 'on'],
  ])('%s %s has a transaction with read_only %s', async (method, path, readOnly) => {
    const response = await api.request(path, { method, body: method === 'POST' ? '{}' : null })
    expect(await response.json()).toMatchObject({ read_only: readOnly })
  })

  it('refuses a write behind GET with 405', async () => {
    const response = await api.request('/rpc/write_note')
    expect(response.status).toBe(405)
    expect(await response.json()).toMatchObject({ code: '25006' })
    expect(await api.database.query('select 1 from notes where id = 99')).toEqual([])
  })
})

describe('the response', () => {
  it('has the status and headers that SQL asks for, several cookies among them', async () => {
    const response = await api.request('/rpc/with_response', {
      method: 'POST',
      body: JSON.stringify({
        p_status: '418',
        p_headers: '[{"X-Kind":"tea"},{"Set-Cookie":"a=1"},{"Set-Cookie":"b=2"}]',
      }),
    })
    expect(response.status).toBe(418)
    expect(response.headers.get('x-kind')).toBe('tea')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(await response.json()).toBe('done')
  })

  it('has them after a plain insert too', async () => {
    const response = await api.request('/greetings', { method: 'POST', body: '{"id": 1}' })
    expect(response.status).toBe(201)
    expect(response.headers.get('x-greeting')).toBe('hello')
  })

  it.each([
    ['999', '[]', 'PGRST112'],
    ['200', '{"X-A": "1"}', 'PGRST111'],
    ['200', '[{"X-A": 1}]', 'PGRST111'],
  ])('answers status %s with headers %s as an error', async (p_status, p_headers, code) => {
    const response = await api.request('/rpc/with_response', {
      method: 'POST',
      body: JSON.stringify({ p_status, p_headers }),
    })
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ code })
  })
})

describe('pgrst.db_pre_request', () => {
  beforeAll(async () => {
    const [row] = await api.database.query<{ name: string }>('select current_database() as name')
    await api.database.query(`
      create schema guard;
      grant usage on schema guard to anon, authenticated, service_role;
      create function guard.check_request() returns void language plpgsql as $$
        begin
          if current_setting('request.headers')::json->>'x-blocked' = 'yes' then
            raise sqlstate 'PT429' using message = 'Slow down';
          end if;
          perform set_config('response.headers', '[{"X-Checked": "yes"}]', true);
        end
      $$;
      alter role authenticator in database ${row?.name} set pgrst.db_pre_request = 'guard.check_request';
      notify pgrst, 'reload config';
    `)
    await until(async () => (await api.request('/greetings')).headers.has('x-checked'))
  })

  it('runs before every request and may refuse it', async () => {
    const blocked = await api.request('/greetings?select=id', { headers: { 'x-blocked': 'yes' } })
    expect(blocked.status).toBe(429)
    expect(await blocked.json()).toMatchObject({ code: 'PT429', message: 'Slow down' })
    const passed = await api.request('/greetings?select=id')
    expect(passed.status).toBe(200)
    expect(passed.headers.get('x-checked')).toBe('yes')
  })
})

it('pgrst.db_max_rows counts from one on', async () => {
  const [row] = await api.database.query<{ name: string }>('select current_database() as name')
  const shown = async (most: string, rows: number) => {
    await api.database.query(`
      alter role authenticator in database ${row?.name} set pgrst.db_max_rows = '${most}';
      notify pgrst, 'reload config'`)
    const headers = { apikey: api.gateway.secretKey }
    await until(async () => Object(await (await api.request('/notes', { headers })).json()).length === rows)
  }
  await shown('1', 1)
  // None at all would be of no use to anybody: it stays with what the configuration says.
  await shown('0', 2)
  await shown('1', 1)
  await shown('-1', 2)
})

describe('pgrst.db_tx_end', () => {
  let id = 1000

  beforeAll(() =>
    api.migrate(`
      create table public.late (id int unique deferrable initially deferred);
      grant select, insert on public.late to anon;
      insert into public.late values (1)`),
  )

  async function write(prefer: string): Promise<{ applied: string | null; isKept: boolean }> {
    id += 1
    const body = JSON.stringify({ id })
    const response = await api.request('/greetings', { method: 'POST', body, headers: { prefer } })
    expect(response.status).toBe(201)
    const kept = await api.database.query('delete from greetings where id = $1 returning id', [id])
    return { applied: response.headers.get('preference-applied'), isKept: kept.length > 0 }
  }

  /** Waits until a write that prefers to be undone ends as it then must. */
  async function switchTo(end: string, ends: { applied: string | null; isKept: boolean }): Promise<void> {
    const [row] = await api.database.query<{ name: string }>('select current_database() as name')
    await api.database.query(`
      alter role authenticator in database ${row?.name} set pgrst.db_tx_end = '${end}';
      notify pgrst, 'reload config'`)
    await until(async () => {
      const { applied, isKept } = await write('tx=rollback')
      return applied === ends.applied && isKept === ends.isKept
    })
  }

  it('lets requests choose, where it says so, or undoes whatever they write', async () => {
    expect(await write('tx=rollback')).toEqual({ applied: null, isKept: true })
    await switchTo('commit-allow-override', { applied: 'tx=rollback', isKept: false })
    expect(await write('tx=commit')).toEqual({ applied: 'tx=commit', isKept: true })
    expect(await write('')).toEqual({ applied: null, isKept: true })

    await switchTo('rollback', { applied: null, isKept: false })
    expect(await write('tx=commit')).toEqual({ applied: null, isKept: false })
    // What would not have been kept has to be right nonetheless.
    const response = await api.request('/late', { method: 'POST', body: '{"id":1}' })
    expect([response.status, await response.json()]).toMatchObject([409, { code: '23505' }])

    await switchTo('commit', { applied: null, isKept: true })
  })
})
