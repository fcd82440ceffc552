import { type Page, rows, section } from '../page.ts'

export const computedFields: Page = {
  name: 'computed_fields',
  sql: `
    create table people (first_name text, last_name text, job text);
    insert into people values ('Samuel', 'Beckett', 'novelist'), ('Ada', 'Lovelace', 'mathematician');
    create function full_name(people) returns text immutable language sql
      as $$ select $1.first_name || ' ' || $1.last_name $$;
  `,
  examples: [
    ...section('Horizontal Filtering on Computed Fields', [
      'GET /people?full_name=fts.Beckett',
      rows({ first_name: 'Samuel', last_name: 'Beckett', job: 'novelist' }),
    ]),
    ...section('Vertical Filtering on Computed Fields', [
      'GET /people?select=full_name,job&job=eq.novelist',
      rows({ full_name: 'Samuel Beckett', job: 'novelist' }),
    ]),
    ...section(
      'Ordering on Computed Fields',
      ['GET /people?order=full_name.desc&select=job', rows({ job: 'novelist' }, { job: 'mathematician' })],
      ['POST /rpc/full_name', { status: 404, json: { code: 'PGRST202' } }, { body: {} }],
    ),
  ],
}
