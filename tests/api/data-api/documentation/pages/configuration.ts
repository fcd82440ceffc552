import { type Page, section } from '../page.ts'

const asSupabase = 'nothing sets it on Supabase'

/* What of each parameter is seen from outside; the server's own addresses, pools and logs are not. */
export const configuration: Page = {
  name: 'configuration',
  sql: `
    create table items (id int primary key, name text);
    insert into items select n, 'item ' || n from generate_series(1, 1001) as n;
    create function setting(name text) returns text stable language sql as 'select current_setting(name, true)';
    create function hoisted() returns text stable language sql set statement_timeout to '4s'
      as $$ select current_setting('statement_timeout') $$;
    create function not_hoisted() returns text stable language plpgsql set work_mem to '5MB'
      as $$ begin return current_setting('work_mem'); end $$;
    create function refuses() returns void language plpgsql as $$ begin
      raise exception 'No' using detail = 'The detail', hint = 'The hint'; end $$;
  `,
  examples: [
    ...section('app.settings.*', [
      'GET /rpc/setting?name=app.settings.my_secret',
      { json: 'a secret', why: asSupabase },
    ]),
    ...section('client-error-verbosity', [
      'POST /rpc/refuses',
      { status: 400, json: { code: 'P0001', message: 'No', details: 'The detail', hint: 'The hint' } },
      { body: {} },
    ]),
    ...section('db-aggregates-enabled', ['GET /items?select=count()', { json: [{ count: 1001 }] }]),
    ...section('db-anon-role', ['GET /rpc/setting?name=role', { json: 'anon' }]),
    ...section('db-extra-search-path', [
      'GET /rpc/setting?name=search_path',
      { json: '"configuration", "public", "extensions"' },
    ]),
    ...section(
      'db-hoisted-tx-settings',
      ['GET /rpc/hoisted', { json: '4s' }],
      ['GET /rpc/not_hoisted', { json: '5MB' }],
    ),
    ...section(
      'db-max-rows',
      ['GET /items?order=id', { headers: { 'content-range': '0-999/*' } }],
      ['GET /items?limit=1001', { headers: { 'content-range': '0-999/*' } }],
    ),
    ...section('db-plan-enabled', [
      'GET /items',
      { text: /Aggregate/, why: 'plans are off on Supabase, and not made here' },
      { headers: { accept: 'application/vnd.pgrst.plan' } },
    ]),
    ...section('db-pre-request', [
      'GET /rpc/setting?name=role',
      { status: 400, json: { message: 'No, you are evil' } },
      { claims: () => ({ role: 'anon', email: 'evil.user@malicious.com' }) },
    ]),
    ...section('db-root-spec', [
      // The document is for the secret key alone, whoever would write it.
      'GET /',
      { status: 200, why: 'the document is for the secret key, as on Supabase, and none overrides it' },
    ]),
    ...section('db-schemas', [
      'GET /users',
      { status: 406, json: { code: 'PGRST106', message: 'Invalid schema: auth' } },
      { headers: { 'accept-profile': 'auth' } },
    ]),
    ...section(
      'db-tx-end',
      ['POST /items', { status: 201 }, { body: { id: 2000 }, headers: { prefer: 'tx=rollback' } }],
      ['GET /items?id=eq.2000&select=id', { json: [{ id: 2000 }] }],
    ),
    ...section('openapi-mode', ['GET /', { status: 401 }]),
    ...section('server-cors-allowed-origins', [
      'GET /items?limit=1',
      { headers: { 'access-control-allow-origin': '*' } },
      { headers: { origin: 'http://example.com' } },
    ]),
    ...section('server-timing-enabled', ['GET /items?limit=1', { headers: { 'server-timing': null } }]),
    ...section('url-use-legacy-target-names', [
      'GET /items?select=id&order=id&limit=1',
      { json: [{ id: 1 }], headers: { warning: null } },
    ]),
  ],
}
