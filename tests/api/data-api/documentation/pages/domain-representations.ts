import { type Page, rows, section } from '../page.ts'

export const domainRepresentations: Page = {
  name: 'domain_representations',
  sql: `
    create domain app_uuid as uuid;
    create table profiles (id app_uuid, name text);
    insert into profiles values ('846c4ffd-92ce-4de7-8d11-8e29929f4ec4', 'John Doe');
    create function "json"(app_uuid) returns json immutable language sql
      as $$ select to_json(encode(uuid_send($1), 'base64')) $$;
    create cast (app_uuid as json) with function "json"(app_uuid) as implicit;
    create function app_uuid(text) returns app_uuid immutable language sql
      as $$ select substring(decode($1, 'base64')::text from 3)::uuid $$;
    create cast (text as app_uuid) with function app_uuid(text) as implicit;
    create function app_uuid(json) returns app_uuid immutable language sql
      as $$ select domain_representations.app_uuid($1 #>> '{}') $$;
    create cast (json as app_uuid) with function app_uuid(json) as implicit;
  `,
  examples: [
    ...section('Domain Response Format', [
      'GET /profiles',
      rows({ id: 'hGxP/ZLOTeeNEY4pkp9OxA==', name: 'John Doe' }),
    ]),
    ...section('Domain Filter Format', [
      'GET /profiles?id=eq.hGxP/ZLOTeeNEY4pkp9OxA==',
      rows({ id: 'hGxP/ZLOTeeNEY4pkp9OxA==', name: 'John Doe' }),
    ]),
    ...section('Domain Request Body Format', [
      'POST /profiles',
      { status: 201, json: [{ id: 'zH7HbFJUTfy/GZpwuirpuQ==', name: 'Jane Doe' }] },
      {
        headers: { prefer: 'return=representation' },
        body: { id: 'zH7HbFJUTfy/GZpwuirpuQ==', name: 'Jane Doe' },
      },
    ]),
  ],
}
