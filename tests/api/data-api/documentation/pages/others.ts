import { type Page, section } from '../page.ts'

export const openApi: Page = {
  name: 'openapi',
  sql: `
    create table monotremes (id int primary key, has_venomous_claw bool);
    comment on schema openapi is E'Mammals API\\n\\nA warm-blooded vertebrate animal';
    comment on table monotremes is 'Freakish mammals lay the best eggs for breakfast';
    comment on column monotremes.has_venomous_claw is 'Sometimes breakfast is not worth it';
  `,
  examples: section('OpenAPI', [
    // For the secret key alone, as on Supabase.
    'GET /',
    { status: 401 },
    { headers: { accept: 'application/openapi+json' } },
  ]),
}

export const varyHeader: Page = {
  name: 'vary_header',
  sql: `
    create table things (id int);
    create function varied() returns int stable language plpgsql as $$ begin
      perform set_config('response.headers', '[{"Vary": "Accept, Prefer, X-Test-Vary"}]', true); return 1; end $$;
  `,
  examples: section(
    'Vary Header',
    ['GET /things', { headers: { vary: /Accept, Prefer, Range/ } }],
    ['GET /rpc/varied', { headers: { vary: /Accept, Prefer, X-Test-Vary/ } }],
  ),
}

export const cors: Page = {
  name: 'cors',
  sql: 'create table items (id int)',
  examples: section('CORS', [
    'OPTIONS /items',
    {
      headers: {
        'access-control-allow-origin': /^(\*|http:\/\/example\.com)$/,
        'access-control-allow-methods': /POST.*/,
      },
      why: 'the gateway answers what browsers ask beforehand',
    },
    {
      headers: {
        origin: 'http://example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'Content-Type',
      },
    },
  ]),
}
