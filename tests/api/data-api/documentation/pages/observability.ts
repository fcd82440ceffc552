import { type Page, section } from '../page.ts'

/* Logs are for who runs the server. */
export const observability: Page = {
  name: 'observability',
  sql: `
    create table users (id int primary key, name text);
    insert into users values (1, 'Ada');
    create function slow() returns int stable language plpgsql set statement_timeout to '10ms'
      as $$ begin perform pg_sleep(5); return 1; end $$;
  `,
  examples: [
    ...section('Metrics', [
      'GET /metrics',
      { text: /pgrst_/, why: 'the admin server cannot be reached, as on Supabase' },
    ]),
    ...section('Server Version Header', [
      'HEAD /users',
      { headers: { server: /^postgrest\// }, why: 'the gateway does not say what is behind it' },
    ]),
    ...section('Trace Header', [
      'GET /users',
      { headers: { 'x-request-id': '123' }, why: 'no header is set as server-trace-header, as on Supabase' },
      { headers: { 'x-request-id': '123' } },
    ]),
    ...section(
      'Proxy-Status Header',
      ['HEAD /unexistent', { status: 404, headers: { 'proxy-status': 'PostgREST; error=PGRST205' } }],
      ['HEAD /rpc/slow', { status: 500, headers: { 'proxy-status': 'PostgREST; error=57014' } }],
      ['HEAD /users?select=nothing', { status: 400, headers: { 'proxy-status': 'PostgREST; error=42703' } }],
    ),
    ...section('Server-Timing Header', [
      'GET /users',
      { headers: { 'server-timing': /jwt;dur=/ }, why: 'server-timing-enabled is off, as on Supabase' },
    ]),
    ...section(
      'Content-Length Header',
      ['GET /users', { json: [{ id: 1, name: 'Ada' }], headers: { 'content-length': '23' } }],
      ['HEAD /users', { headers: { 'content-length': null } }],
    ),
    ...section(
      'Execution plan',
      [
        'GET /users?select=name&order=id',
        { text: /Aggregate/, why: 'plans are off on Supabase, and not made here' },
        { headers: { accept: 'application/vnd.pgrst.plan' } },
      ],
      [
        'GET /users?select=name&order=id',
        { text: /Plan/, why: 'plans are off on Supabase, and not made here' },
        { headers: { accept: 'application/vnd.pgrst.plan+json' } },
      ],
    ),
  ],
}
