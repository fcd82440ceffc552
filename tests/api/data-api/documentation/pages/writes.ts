import { type Example, rows, section } from '../page.ts'

const representation = { prefer: 'return=representation' }

/** The second half of the page on tables and views. */
export const writeExamples: readonly Example[] = [
  ...section('Insert', [
    'POST /table_name',
    { status: 201, text: '', headers: { 'content-range': '*/*' } },
    { body: { col1: 'value1', col2: 'value2' } },
  ]),
  ...section('x-www-form-urlencoded', [
    'POST /people?select=name,age,weight',
    { status: 201, json: [{ name: 'John Doe', age: 50, weight: 80 }] },
    {
      body: 'name=John+Doe&age=50&weight=80',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...representation },
    },
  ]),
  ...section(
    'Bulk Insert',
    [
      'POST /people?select=name,age,height',
      {
        status: 201,
        json: [
          { name: 'J Doe', age: 62, height: 70 },
          { name: '', age: 10, height: null },
        ],
      },
      {
        body: 'name,age,height\nJ Doe,62,70\n,10,NULL\n',
        headers: { 'content-type': 'text/csv', ...representation },
      },
    ],
    [
      'POST /people?select=name,age',
      {
        status: 201,
        json: [
          { name: 'J Doe', age: 62 },
          { name: 'Janus', age: 10 },
        ],
      },
      {
        body: [
          { name: 'J Doe', age: 62, height: 70 },
          { name: 'Janus', age: 10, height: 55 },
        ],
        headers: representation,
      },
    ],
  ),
  ...section('Specifying Columns', [
    'POST /datasets?columns=source,publication_date,figure',
    {
      status: 201,
      json: [
        {
          source: 'Natural Disaster Prevention and Control',
          publication_date: '2015-09-11',
          figure: 1100,
          location: 'here',
        },
      ],
    },
    {
      body: {
        source: 'Natural Disaster Prevention and Control',
        publication_date: '2015-09-11',
        figure: 1100,
        location: '...',
        comment: '...',
      },
      headers: representation,
    },
  ]),
  ...section(
    'Update',
    ['PATCH /children?age=lt.13', { status: 204, text: '' }, { body: { category: 'child' } }],
    ['GET /children?order=age', rows({ age: 10, category: 'child' }, { age: 20, category: null })],
  ),
  ...section(
    'Upsert',
    [
      'POST /products?select=sku,price',
      {
        status: 201,
        json: [
          { sku: 'CL2031', price: 35 },
          { sku: 'AC1022', price: 30 },
        ],
        headers: { 'preference-applied': 'resolution=merge-duplicates, return=representation' },
      },
      {
        body: [
          { sku: 'CL2031', name: 'Existing T-shirt', price: 35 },
          { sku: 'AC1022', name: 'New Cap', price: 30 },
        ],
        headers: { prefer: 'resolution=merge-duplicates, return=representation' },
      },
    ],
    [
      'POST /products?select=sku',
      { status: 201, json: [{ sku: 'XX1' }] },
      {
        body: [
          { sku: 'CL2040', name: 'Ignored', price: 1 },
          { sku: 'XX1', name: 'New', price: 2 },
        ],
        headers: { prefer: 'resolution=ignore-duplicates, return=representation' },
      },
    ],
    [
      'POST /employees?columns=id,name,salary&select=name',
      {
        status: 201,
        json: [{ name: 'Existing employee 1' }, { name: 'New employee 3' }],
      },
      {
        body: [
          { id: 1, name: 'Existing employee 1', salary: 30000 },
          { name: 'New employee 3', salary: 50000 },
        ],
        headers: { prefer: 'resolution=merge-duplicates, missing=default, return=representation' },
      },
    ],
  ),
  ...section('On Conflict', [
    'POST /employees?on_conflict=name&select=name,salary',
    { status: 200, json: [{ name: 'Existing 2', salary: '$52,000.00' }] },
    {
      body: [{ name: 'Existing 2', salary: 52000 }],
      headers: { prefer: 'resolution=merge-duplicates, return=representation' },
    },
  ]),
  ...section(
    'PUT',
    [
      'PUT /employees?id=eq.4',
      { status: 204, text: '' },
      { body: { id: 4, name: 'Sara B.', salary: 60000 } },
    ],
    ['GET /employees?id=eq.4', rows({ id: 4, name: 'Sara B.', salary: '$60,000.00' })],
  ),
  ...section(
    'Delete',
    ['DELETE /user?active=is.false', { status: 204, text: '' }],
    [
      'DELETE /user?id=eq.1',
      { json: [{ id: 1, email: 'johndoe@email.com', active: true }] },
      { headers: representation },
    ],
  ),
]
