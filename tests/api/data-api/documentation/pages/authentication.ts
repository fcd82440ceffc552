import { type Page, rows, section } from '../page.ts'

/** Of the role `user123`, signed with the secret of the page. */
const ofSharedSecret =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoidXNlcjEyMyJ9.' +
  '4PAuUKuUo8xncopocerq3dsXGWnGc_YLYta2kmZmf98'

const seconds = (from: number) => Math.floor(Date.now() / 1000) + from
const refused = (code: string, message: string) => ({ status: 401, json: { code, message } })

/* The page is auth.rst; a schema of that name is Supabase's. */
export const authentication: Page = {
  name: 'authentication',
  sql: `
    create function who() returns text stable language sql as 'select current_role::text';
    create function claim(name text) returns text stable language sql
      as $$ select current_setting('request.jwt.claims', true)::json ->> name $$;
    create table mine (id int, owner text);
    insert into mine values (1, 'ada'), (2, 'bob');
    alter table mine enable row level security;
    create policy mine_select on mine for select
      using (owner = current_setting('request.jwt.claims', true)::json ->> 'sub');
    grant usage on schema authentication to authenticated;
    grant select on mine to authenticated;
    -- Custom validation: runs before every request of the database.
    create function check_user() returns void language plpgsql as $$ begin
      if current_setting('request.jwt.claims', true)::json ->> 'email' = 'evil.user@malicious.com' then
        raise exception 'No, you are evil' using hint = 'Stop being so evil and maybe you can log in';
      end if; end $$;
  `,
  examples: [
    ...section(
      'User Impersonation',
      ['GET /rpc/who', { json: 'anon' }],
      ['GET /rpc/who', { json: 'authenticated' }, { claims: () => ({ role: 'authenticated' }) }],
      ['GET /rpc/who', { json: 'anon' }, { claims: () => ({ role: undefined }) }],
      ['GET /rpc/who', { status: 401, json: { code: '22023' } }, { claims: () => ({ role: 'user123' }) }],
      ['GET /rpc/who', { status: 403, json: { code: '42501' } }, { claims: () => ({ role: 'postgres' }) }],
      ['GET /rpc/claim?name=email', { json: 'a@b.c' }, { claims: () => ({ email: 'a@b.c' }) }],
      ['GET /mine', rows({ id: 1, owner: 'ada' }), { claims: () => ({ sub: 'ada' }) }],
    ),
    ...section('Bearer Authentication', [
      'GET /rpc/who',
      { json: 'authenticated' },
      { claims: () => ({}), scheme: 'bearer' },
    ]),
    ...section(
      'JWT Signature Verification',
      [
        'GET /rpc/who',
        { json: 'user123', why: 'the project has no shared secret' },
        { headers: { authorization: `Bearer ${ofSharedSecret}` } },
      ],
      [
        'GET /rpc/who',
        refused('PGRST301', 'Expected 3 parts in JWT; got 2'),
        { headers: { authorization: 'Bearer a.b' } },
      ],
      [
        'GET /rpc/who',
        refused('PGRST301', 'No suitable key or wrong key type'),
        { headers: { authorization: 'Bearer a.b.c' } },
      ],
      [
        'GET /rpc/who',
        refused('PGRST301', 'No suitable key or wrong key type'),
        { claims: () => ({}), keyId: 'another' },
      ],
    ),
    ...section(
      'Time-Based claims validation',
      ['GET /rpc/who', { json: 'authenticated' }, { claims: () => ({ exp: seconds(-10) }) }],
      ['GET /rpc/who', refused('PGRST303', 'JWT expired'), { claims: () => ({ exp: seconds(-60) }) }],
      ['GET /rpc/who', { json: 'authenticated' }, { claims: () => ({ nbf: seconds(10) }) }],
      ['GET /rpc/who', refused('PGRST303', 'JWT not yet valid'), { claims: () => ({ nbf: seconds(90) }) }],
      ['GET /rpc/who', { json: 'authenticated' }, { claims: () => ({ iat: seconds(10) }) }],
      ['GET /rpc/who', refused('PGRST303', 'JWT issued at future'), { claims: () => ({ iat: seconds(90) }) }],
    ),
    ...section(
      'aud validation',
      ['GET /rpc/who', { json: 'authenticated' }, { claims: () => ({ aud: 'whatever' }) }],
      ['GET /rpc/who', { json: 'authenticated' }, { claims: () => ({ aud: ['one', 'other'] }) }],
      ['GET /rpc/who', { json: 'authenticated' }, { claims: () => ({ aud: [] }) }],
      [
        'GET /rpc/who',
        refused('PGRST303', "The JWT 'aud' claim must be a string or an array of strings"),
        { claims: () => ({ aud: 1 }) },
      ],
    ),
    ...section('JWT Role Extraction', [
      'GET /rpc/who',
      { json: 'author', why: 'the role is in the claim of that name, as on Supabase' },
      { claims: () => ({ role: undefined, postgrest: { roles: ['other', 'author'] } }) },
    ]),
    ...section(
      'Custom Validation',
      [
        'GET /rpc/who',
        {
          status: 400,
          json: {
            code: 'P0001',
            message: 'No, you are evil',
            hint: 'Stop being so evil and maybe you can log in',
          },
        },
        { claims: () => ({ email: 'evil.user@malicious.com' }) },
      ],
      ['GET /rpc/who', { json: 'authenticated' }, { claims: () => ({ email: 'good.user@example.com' }) }],
    ),
  ],
}
