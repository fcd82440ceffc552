import { type Page, rows, section } from '../page.ts'

/* Every page has its schema here, so that every example switches to one. */
export const schemas: Page = {
  name: 'schemas',
  sql: 'create table items (id int primary key); insert into items values (1)',
  examples: [
    ...section(
      'Multiple schemas',
      [
        'GET /items',
        { json: [{ id: 1 }], headers: { 'content-profile': 'schemas' } },
        { headers: { 'accept-profile': 'schemas' } },
      ],
      [
        'POST /items',
        { status: 201, json: [{ id: 2 }], headers: { 'content-profile': 'schemas' } },
        { body: { id: 2 }, headers: { 'content-profile': 'schemas', prefer: 'return=representation' } },
      ],
      ['GET /items?id=eq.2', rows({ id: 2 })],
    ),
    ...section('Restricted schemas', [
      'GET /items',
      { status: 406, json: { code: 'PGRST106', message: 'Invalid schema: tenant3' } },
      { headers: { 'accept-profile': 'tenant3' } },
    ]),
  ],
}
