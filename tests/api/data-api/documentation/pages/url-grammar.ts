import { type Page, rows, section } from '../page.ts'

export const urlGrammar: Page = {
  name: 'url_grammar',
  sql: `
    create table "موارد" (id int);
    insert into "موارد" values (1);
    create table "Order Items" (id int, "Unit Price" int);
    insert into "Order Items" values (1, 100), (2, 300);
    create table employees (name text);
    insert into employees values ('Hebdon,John'), ('Williams,Mary'), ('Hebdon');
    create table vulnerabilities (id int, "information.cpe" text);
    insert into vulnerabilities values (1, 'a MS b'), (2, 'none');
    create table marks (name text);
    insert into marks values ('Quote:"'), ('Backslash:\\'), ('none');
  `,
  examples: [
    ...section('Unicode support', ['GET /%D9%85%D9%88%D8%A7%D8%B1%D8%AF', rows({ id: 1 })]),
    ...section('Table / Columns with spaces', [
      'GET /Order%20Items?Unit%20Price=lt.200',
      rows({ id: 1, 'Unit Price': 100 }),
    ]),
    ...section(
      'Reserved characters',
      [
        'GET /employees?name=in.(%22Hebdon,John%22,%22Williams,Mary%22)',
        rows({ name: 'Hebdon,John' }, { name: 'Williams,Mary' }),
      ],
      ['GET /vulnerabilities?%22information.cpe%22=like.*MS*&select=id', rows({ id: 1 })],
      [
        'GET /marks?name=in.(%22Quote:%5C%22%22,%22Backslash:%5C%5C%22)',
        rows({ name: 'Quote:"' }, { name: 'Backslash:\\' }),
      ],
    ),
  ],
}
