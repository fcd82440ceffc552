import { films } from '../films.ts'
import { type Page, rows, section } from '../page.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }

export const functions: Page = {
  name: 'functions',
  sql: `${films}
    create function add_them(a integer, b integer) returns integer immutable language sql as 'select a + b';
    create function "someFunc"("someParam" text) returns text immutable language sql as 'select "someParam"';
    create function greet_user(username text default 'guest') returns text immutable language sql
      as $$ select 'Hello ' || username || '!' $$;
    create table data_table (data_int_column int, data_text_column text);
    insert into data_table values (1, null), (2, null);
    create function update_data(p_json jsonb) returns void language sql as $$
      update data_table set data_text_column = item ->> 'data_text'
      from jsonb_array_elements(p_json) as item where data_int_column = (item ->> 'data_int')::int $$;
    create function mult_them(json) returns int immutable language sql
      as $$ select ($1 ->> 'x')::int * ($1 ->> 'y')::int $$;
    create table files (blob bytea);
    create function upload_binary(bytea) returns void language sql as 'insert into files (blob) values ($1)';
    create function count_letters(text) returns int immutable language sql as 'select length($1)';
    create function root_of(xml) returns text immutable language sql as $$ select (xpath('name(/*)', $1))[1]::text $$;
    create function plus_one(arr int[]) returns int[] immutable language sql
      as 'select array_agg(n + 1) from unnest($1) as n';
    create function plus_one_each(variadic v int[]) returns int[] immutable language sql
      as 'select array_agg(n + 1) from unnest($1) as n';
    create function best_films_2017() returns setof films stable language sql as 'select * from films where rating > 7';
    create table projects (id int primary key, name text, client_id int);
    insert into projects values (1, 'Windows 7', 1), (2, 'Windows 10', 1), (3, 'IOS', 2), (4, 'OSX', 2);
    create function getallprojects() returns setof projects stable language sql as 'select * from projects';
    create function projects_setof_record() returns setof record language sql as 'select * from projects where id < 3';
    create function rental_duration(customer_id integer) returns int immutable language sql as 'select 1';
    create function rental_duration(customer_id integer, from_date date) returns int immutable language sql as 'select 2';
  `,
  examples: [
    ...section(
      'Calling with POST',
      ['POST /rpc/add_them', { json: 3 }, { body: { a: 1, b: 2 } }],
      ['POST /rpc/someFunc', { json: 'x' }, { body: { someParam: 'x' } }],
    ),
    ...section(
      'Calling with GET',
      ['GET /rpc/add_them?a=1&b=2', { json: 3 }],
      ['GET /rpc/greet_user', { json: 'Hello guest!' }],
    ),
    ...section(
      'Functions with an array of JSON objects',
      [
        'POST /rpc/update_data',
        { status: 204, text: '' },
        {
          body: {
            p_json: [
              { data_text: 'one', data_int: '1' },
              { data_text: 'two', data_int: '2' },
            ],
          },
        },
      ],
      [
        'GET /data_table?select=data_text_column&order=data_int_column',
        rows({ data_text_column: 'one' }, { data_text_column: 'two' }),
      ],
    ),
    ...section('Functions with a single unnamed JSON parameter', [
      'POST /rpc/mult_them',
      { json: 8 },
      { body: { x: 4, y: 2 } },
    ]),
    ...section(
      'Functions with a single unnamed parameter',
      [
        'POST /rpc/upload_binary',
        { status: 204, text: '' },
        { body: 'bytes', headers: { 'content-type': 'application/octet-stream' } },
      ],
      ['GET /files', rows({ blob: '\\x6279746573' })],
      ['POST /rpc/count_letters', { json: 5 }, { body: 'words', headers: { 'content-type': 'text/plain' } }],
      ['POST /rpc/root_of', { json: 'a' }, { body: '<a><b/></a>', headers: { 'content-type': 'text/xml' } }],
    ),
    ...section(
      'Functions with array parameters',
      ['POST /rpc/plus_one', { json: [2, 3, 4, 5] }, { body: { arr: [1, 2, 3, 4] } }],
      ['POST /rpc/plus_one', { json: [2, 3, 4, 5] }, { body: { arr: '{1,2,3,4}' } }],
      ['GET /rpc/plus_one?arr=%7B1,2,3,4%7D', { json: [2, 3, 4, 5] }],
    ),
    ...section(
      'Variadic functions',
      ['POST /rpc/plus_one_each', { json: [2, 3, 4, 5] }, { body: { v: [1, 2, 3, 4] } }],
      ['GET /rpc/plus_one_each?v=1&v=2&v=3&v=4', { json: [2, 3, 4, 5] }],
      ['POST /rpc/plus_one_each', { json: [2, 3, 4, 5] }, { body: 'v=1&v=2&v=3&v=4', headers: form }],
    ),
    ...section(
      'Table-Valued Functions',
      [
        'GET /rpc/best_films_2017?select=title,director:directors(last_name)&id=eq.6',
        rows({ title: 'The Lighthouse', director: { last_name: 'Eggers' } }),
      ],
      [
        'GET /rpc/best_films_2017?rating=gt.8&order=title.desc&select=title',
        rows({ title: 'Reservoir Dogs' }, { title: 'Pulp Fiction' }),
      ],
    ),
    ...section('Function Inlining', [
      'GET /rpc/getallprojects?id=eq.1',
      {
        text: /^(?!.*Function Scan).*(Index Cond|Filter): \(id = 1\)/s,
        why: 'plans are off on a project of Supabase',
      },
      { headers: { accept: 'application/vnd.pgrst.plan' } },
    ]),
    ...section('Horizontal Filtering', [
      'GET /rpc/getallprojects?select=id,client_id&name=like.OSX',
      rows({ id: 4, client_id: 2 }),
    ]),
    ...section('Untyped functions', [
      'GET /rpc/projects_setof_record',
      rows({ id: 1, name: 'Windows 7', client_id: 1 }, { id: 2, name: 'Windows 10', client_id: 1 }),
    ]),
    ...section(
      'Overloaded functions',
      ['GET /rpc/rental_duration?customer_id=232', { json: 1 }],
      ['GET /rpc/rental_duration?customer_id=232&from_date=2018-07-01', { json: 2 }],
    ),
  ],
}
