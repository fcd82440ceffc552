import { type Page, section } from '../page.ts'

export const options: Page = {
  name: 'options',
  sql: `
    create table people (id int primary key);
    create view read_only as select distinct id from people;
    create view by_trigger as select distinct id from people;
    create function on_write() returns trigger language plpgsql as 'begin return new; end';
    create trigger writes instead of insert on by_trigger for each row execute function on_write();
    create view simple as select id from people;
    create function reads() returns int stable language sql as 'select 1';
    create function writes() returns int language sql as 'select 1';
  `,
  examples: [
    ...section(
      'OPTIONS method',
      ['OPTIONS /people', { headers: { allow: 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE' } }],
      ['OPTIONS /read_only', { headers: { allow: 'OPTIONS,GET,HEAD' } }],
      ['OPTIONS /by_trigger', { headers: { allow: 'OPTIONS,GET,HEAD,POST' } }],
      ['OPTIONS /simple', { headers: { allow: 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE' } }],
      ['OPTIONS /rpc/reads', { headers: { allow: 'OPTIONS,GET,HEAD,POST' } }],
      ['OPTIONS /rpc/writes', { headers: { allow: 'OPTIONS,POST' } }],
    ),
  ],
}
