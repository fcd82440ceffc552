import { type Page, section } from '../page.ts'

export const transactions: Page = {
  name: 'transactions',
  sql: `
    create sequence callcounter_count start 1;
    create view callcounter as select nextval('callcounter_count');
    create table written (id int);
    create function a_write() returns int language sql as 'insert into written values (1) returning 1';
    create function lying_write() returns int stable language plpgsql
      as 'begin return nextval(''callcounter_count''); end';
    create function isolation() returns text language sql set default_transaction_isolation to 'serializable'
      as $$ select current_setting('transaction_isolation') $$;
    create function header_of(name text) returns text stable language sql
      as $$ select current_setting('request.headers', true)::json ->> name $$;
    create function setting_of(name text) returns text stable language sql
      as $$ select current_setting('request.' || name, true) $$;
    create function cookie() returns text stable language sql
      as $$ select current_setting('request.cookies', true)::json ->> 'sessionId' $$;
    create function who() returns text stable language sql as 'select current_role::text';
    create function cached() returns int stable language plpgsql as $$ begin
      perform set_config('response.headers',
        '[{"Cache-Control": "public"}, {"Cache-Control": "max-age=259200"}]', true);
      return 1; end $$;
    create function teapot() returns json language plpgsql as $$ begin
      perform set_config('response.status', '418', true);
      return json_build_object('message', 'The requested entity body is short and stout.',
        'hint', 'Tip it over and pour it out.'); end $$;
    create function hoisted() returns text language sql set statement_timeout to '4s'
      as $$ select current_setting('statement_timeout') $$;
  `,
  examples: [
    ...section(
      'Access Mode',
      [
        'GET /callcounter',
        {
          status: 405,
          json: {
            code: '25006',
            details: null,
            hint: null,
            message: 'cannot execute nextval() in a read-only transaction',
          },
        },
      ],
      ['GET /rpc/a_write', { status: 405, json: { code: '25006' } }],
      ['POST /rpc/a_write', { json: 1 }, { body: {} }],
      ['POST /rpc/lying_write', { status: 405, json: { code: '25006' } }, { body: {} }],
    ),
    ...section('Isolation Level', ['POST /rpc/isolation', { json: 'serializable' }, { body: {} }]),
    ...section(
      'Transaction-Scoped Settings',
      ['GET /rpc/header_of?name=x-test', { json: 'told' }, { headers: { 'X-Test': 'told' } }],
      ['GET /rpc/cookie', { json: 'abc' }, { headers: { cookie: 'other=1; sessionId=abc' } }],
      ['GET /rpc/setting_of?name=path', { json: '/rpc/setting_of' }],
      ['GET /rpc/setting_of?name=method', { json: 'GET' }],
      ['GET /rpc/who', { json: 'anon' }],
    ),
    ...section('Response Headers', [
      'GET /rpc/cached',
      { json: 1, headers: { 'cache-control': 'public, max-age=259200' } },
    ]),
    ...section('Response Status Code', [
      'POST /rpc/teapot',
      {
        status: 418,
        json: {
          message: 'The requested entity body is short and stout.',
          hint: 'Tip it over and pour it out.',
        },
      },
      { body: {} },
    ]),
    ...section('Hoisted Function Settings', ['POST /rpc/hoisted', { json: '4s' }, { body: {} }]),
  ],
}
