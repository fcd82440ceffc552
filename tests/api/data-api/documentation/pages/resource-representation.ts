import { type Page, rows, section } from '../page.ts'

const object = { headers: { accept: 'application/vnd.pgrst.object+json' } }

export const resourceRepresentation: Page = {
  name: 'resource_representation',
  sql: `
    create table items (id int primary key, name text);
    insert into items values (1, 'a, "b"'), (2, null);
    create table projects (id int primary key, name text, client_id int, another_col text);
    insert into projects values (11, 'OSX', 1, 'val'), (12, 'ProjectX', null, null), (13, 'Y', null, null);
  `,
  examples: [
    ...section(
      'Response Format',
      [
        'GET /items?id=eq.1',
        { json: [{ id: 1, name: 'a, "b"' }], headers: { 'content-type': 'application/json; charset=utf-8' } },
        { headers: { accept: 'application/json' } },
      ],
      [
        'GET /items',
        { text: 'id,name\n1,"a, ""b"""\n2,', headers: { 'content-type': 'text/csv; charset=utf-8' } },
        { headers: { accept: 'text/csv' } },
      ],
      [
        'GET /items',
        {
          status: 406,
          json: { code: 'PGRST107', message: 'None of these media types are available: unknown/unknown' },
        },
        { headers: { accept: 'unknown/unknown' } },
      ],
    ),
    ...section(
      'Singular or Plural',
      ['GET /items?id=eq.1&select=id', rows({ id: 1 })],
      ['GET /items?id=eq.1&select=id', { json: { id: 1 } }, object],
      [
        'GET /items?id=eq.9',
        {
          status: 406,
          json: {
            code: 'PGRST116',
            message: 'Cannot coerce the result to a single JSON object',
            details: 'The result contains 0 rows',
            hint: null,
          },
        },
        object,
      ],
    ),
    ...section('Stripped Nulls', [
      'GET /projects?id=gt.10',
      rows(
        { id: 11, name: 'OSX', client_id: 1, another_col: 'val' },
        { id: 12, name: 'ProjectX' },
        { id: 13, name: 'Y' },
      ),
      { headers: { accept: 'application/vnd.pgrst.array+json;nulls=stripped' } },
    ]),
  ],
}
