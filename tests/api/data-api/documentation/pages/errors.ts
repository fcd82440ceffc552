import { type Page, section } from '../page.ts'

export const errors: Page = {
  name: 'errors',
  sql: `
    create table projects (id int primary key, name text not null, parent int references projects);
    insert into projects values (1, 'foo', null);
    create function just_fail() returns void language plpgsql as $$ begin
      raise exception 'I refuse!' using detail = 'Pretty simple', hint = 'There is nothing you can do.'; end $$;
    create function pay() returns void language plpgsql as $$ begin
      raise sqlstate 'PT402' using message = 'Payment Required', detail = 'Quota exceeded', hint = 'Upgrade your plan';
      end $$;
    create function full_control() returns void language plpgsql as $$ begin
      raise sqlstate 'PGRST' using
        message = '{"code":"123","message":"Payment Required","details":"Quota exceeded","hint":"Upgrade your plan"}',
        detail = '{"status":402,"headers":{"X-Powered-By":"Nerd Rage"}}'; end $$;
    create function unreadable() returns void language plpgsql as $$ begin
      raise sqlstate 'PGRST' using message = 'no json', detail = '{}'; end $$;
    create function state(code text) returns void language plpgsql as $$ begin
      raise exception using errcode = code, message = 'raised'; end $$;
    create function status() returns void language plpgsql as $$ begin
      perform set_config('response.status', 'not a number', true); end $$;
    create function headers() returns void language plpgsql as $$ begin
      perform set_config('response.headers', 'no json', true); end $$;
  `,
  examples: [
    ...section(
      'Errors from PostgreSQL',
      [
        'POST /projects',
        {
          status: 400,
          json: {
            code: '23502',
            details: 'Failing row contains (null, foo, null).',
            hint: null,
            message: 'null value in column "id" of relation "projects" violates not-null constraint',
          },
        },
        { body: { name: 'foo' } },
      ],
      ['POST /projects', { status: 409, json: { code: '23505' } }, { body: { id: 1, name: 'twice' } }],
      ['POST /projects', { status: 409, json: { code: '23503' } }, { body: { id: 2, name: 'x', parent: 9 } }],
      ['GET /projects?nothing=eq.1', { status: 400, json: { code: '42703' } }],
      ['GET /projects?id=eq.x', { status: 400, json: { code: '22P02' } }],
    ),
    ...section(
      'HTTP Status Codes',
      ...(
        [
          ['08000', 503],
          ['09000', 500],
          ['0L000', 403],
          ['0P000', 403],
          ['25000', 500],
          ['28000', 403],
          ['2D000', 500],
          ['38000', 500],
          ['39000', 500],
          ['3B000', 500],
          ['53000', 503],
          ['53400', 500],
          ['54000', 500],
          ['55000', 500],
          ['58000', 500],
          ['F0000', 500],
          ['HV000', 500],
          ['P0001', 400],
          ['P0002', 500],
          ['XX000', 500],
          ['42883', 404],
          ['42P01', 404],
          ['42P17', 500],
          ['42501', 401],
          ['22012', 400],
        ] as const
      ).map(
        ([code, status]) =>
          ['POST /rpc/state', { status, json: { code, message: 'raised' } }, { body: { code } }] as const,
      ),
    ),
    ...section(
      'Errors from PostgREST',
      ['GET /projects?select=id,', { status: 400, json: { code: 'PGRST100' } }],
      ['PUT /rpc/just_fail', { status: 405, json: { code: 'PGRST101' } }],
      ['POST /projects', { status: 400, json: { code: 'PGRST102' } }, { body: 'not json' }],
      ['GET /projects?offset=9', { status: 200, headers: { 'content-range': '*/*' } }],
      [
        'GET /projects?offset=9',
        {
          status: 416,
          json: { code: 'PGRST103', details: 'An offset of 9 was requested, but there are only 1 rows.' },
        },
        { headers: { prefer: 'count=exact' } },
      ],
      ['PUT /projects', { status: 405, json: { code: 'PGRST105' } }, { body: { id: 1, name: 'x' } }],
      ['GET /projects?some.id=eq.1', { status: 400, json: { code: 'PGRST108' } }],
      ['POST /rpc/headers', { status: 500, json: { code: 'PGRST111' } }, { body: {} }],
      ['POST /rpc/status', { status: 500, json: { code: 'PGRST112' } }, { body: {} }],
      [
        'PUT /projects?id=eq.1&limit=1',
        { status: 400, json: { code: 'PGRST114' } },
        { body: { id: 1, name: 'x' } },
      ],
      ['PUT /projects?id=eq.1', { status: 400, json: { code: 'PGRST115' } }, { body: { id: 2, name: 'x' } }],
      [
        'GET /projects?select=id,projects(id)&order=projects(id)',
        { status: 400, json: { code: 'PGRST118' } },
      ],
      ['GET /projects?select=id,projects(id)&projects=eq.1', { status: 400, json: { code: 'PGRST120' } }],
      ['POST /rpc/unreadable', { status: 500, json: { code: 'PGRST121' } }, { body: {} }],
      ['GET /a/b', { status: 404, json: { code: 'PGRST125' } }],
      ['GET /projects?select=id,nothing(id)', { status: 400, json: { code: 'PGRST200' } }],
      ['POST /rpc/missing', { status: 404, json: { code: 'PGRST202' } }, { body: {} }],
      ['POST /projects?columns=missing', { status: 400, json: { code: 'PGRST204' } }, { body: { id: 3 } }],
      ['GET /missing', { status: 404, json: { code: 'PGRST205' } }],
    ),
    ...section(
      'Custom Errors',
      [
        'POST /rpc/just_fail',
        {
          status: 400,
          json: {
            message: 'I refuse!',
            details: 'Pretty simple',
            hint: 'There is nothing you can do.',
            code: 'P0001',
          },
        },
        { body: {} },
      ],
      [
        'POST /rpc/pay',
        {
          status: 402,
          json: {
            message: 'Payment Required',
            details: 'Quota exceeded',
            hint: 'Upgrade your plan',
            code: 'PT402',
          },
        },
        { body: {} },
      ],
      [
        'POST /rpc/full_control',
        {
          status: 402,
          json: {
            code: '123',
            message: 'Payment Required',
            details: 'Quota exceeded',
            hint: 'Upgrade your plan',
          },
          headers: { 'x-powered-by': 'Nerd Rage' },
        },
        { body: {} },
      ],
    ),
  ],
}
