import { type Page, section } from '../page.ts'

/* The server gives 1,000 rows at most. */
export const paginationCount: Page = {
  name: 'pagination_count',
  sql: `
    create table people as select id from generate_series(1, 18) as id;
    create table smalltable as select id from generate_series(1, 321) as id;
    create table bigtable as select id from generate_series(1, 3573) as id;
    analyze smalltable; analyze bigtable;
  `,
  examples: [
    ...section('Query Parameters', [
      'GET /people?limit=15&offset=10',
      {
        json: [11, 12, 13, 14, 15, 16, 17, 18].map((id) => ({ id })),
        headers: { 'content-range': '10-17/*' },
      },
    ]),
    ...section(
      'Range Header',
      [
        'GET /people',
        { headers: { 'content-range': '0-17/*' } },
        { headers: { 'range-unit': 'items', range: '0-19' } },
      ],
      [
        'GET /people',
        { headers: { 'content-range': '10-17/*' } },
        { headers: { 'range-unit': 'items', range: '10-' } },
      ],
    ),
    ...section('Exact Count', [
      'HEAD /bigtable',
      {
        status: 206,
        headers: { 'content-range': '0-24/3573' },
        why: 'PostgREST takes Range of a GET alone',
      },
      { headers: { 'range-unit': 'items', range: '0-24', prefer: 'count=exact' } },
    ]),
    ...section('Planned Count', [
      'HEAD /bigtable?limit=25',
      { status: 206, headers: { 'content-range': '0-24/3573' } },
      { headers: { prefer: 'count=planned' } },
    ]),
    ...section(
      'Estimated Count',
      [
        'HEAD /smalltable?limit=25',
        { status: 206, headers: { 'content-range': '0-24/321' } },
        { headers: { prefer: 'count=estimated' } },
      ],
      [
        'HEAD /bigtable?limit=25',
        { status: 206, headers: { 'content-range': '0-24/3573' } },
        { headers: { prefer: 'count=estimated' } },
      ],
    ),
  ],
}
