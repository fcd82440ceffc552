import { films } from '../films.ts'
import { type Page, rows, section } from '../page.ts'
import { relationshipExamples } from './relationships.ts'

export const resourceEmbedding: Page = {
  name: 'resource_embedding',
  sql: `${films}
    create table premieres (id int, location text, date date, film_id int);
    insert into premieres values (1, 'Cannes Film Festival', '1994-05-21', 4);
    create function film(premieres) returns setof films rows 1 stable language sql
      as 'select * from films where id = $1.film_id';
    create function premieres(films) returns setof premieres stable language sql
      as 'select * from premieres where film_id = $1.id';
    create table presidents (id int primary key, last_name text, predecessor_id int references presidents unique);
    insert into presidents values (1, 'Washington', null), (2, 'Adams', 1), (3, 'Jefferson', 2);
    create function predecessor(presidents) returns setof presidents rows 1 stable language sql
      as 'select * from presidents where id = $1.predecessor_id';
    create function successor(presidents) returns setof presidents rows 1 stable language sql
      as 'select * from presidents where predecessor_id = $1.id';
    create table employees (id int primary key, last_name text, supervisor_id int references employees);
    insert into employees values (1, 'Taylor', null), (2, 'Johnson', 1), (3, 'Miller', 1);
    create function supervisees(employees) returns setof employees stable language sql
      as 'select * from employees where supervisor_id = $1.id order by id';
    create function supervisor(employees) returns setof employees rows 1 stable language sql
      as 'select * from employees where id = $1.supervisor_id';
    create table users (id int primary key, username text unique);
    create table subscriptions (subscriber_id int references users, subscribed_id int references users, type text,
      primary key (subscriber_id, subscribed_id));
    insert into users values (1, 'patrick109'), (2, 'alicia_smith'), (3, 'top_streamer'), (4, 'the_top_artist');
    insert into subscriptions values (1, 4, ''), (2, 4, ''), (4, 3, '');
    create function subscribers(users) returns setof users stable language sql as 'select u.* from users u,
      subscriptions s where s.subscriber_id = u.id and s.subscribed_id = $1.id order by u.id';
    create function following(users) returns setof users stable language sql as 'select u.* from users u,
      subscriptions s where s.subscribed_id = u.id and s.subscriber_id = $1.id order by u.id';
    create table box_office (bo_date date not null, film_id int references films not null,
      gross_revenue decimal(12, 2) not null, primary key (bo_date, film_id)) partition by range (bo_date);
    create table box_office_2021_01 partition of box_office for values from ('2021-01-01') to ('2021-02-01');
    create table box_office_2021_02 partition of box_office for values from ('2021-02-01') to ('2021-03-01');
    insert into box_office values ('2021-01-05', 4, 2000000), ('2021-02-05', 1, 3000000), ('2021-02-06', 1, 10);
    create view nominations_view as
      select films.title as film_title, competitions.name as competition_name, nominations.rank,
        nominations.film_id as nominations_film_id, films.id as film_id
      from nominations join films on films.id = nominations.film_id
      join competitions on competitions.id = nominations.competition_id;
    create function getallfilms() returns setof films stable language sql as 'select * from films';
  `,
  examples: [
    ...relationshipExamples,
    ...section('Nested Embedding', [
      'GET /actors?select=roles(character,films(title,year))&id=eq.1',
      rows({ roles: [{ character: 'Thomas Wake', films: { title: 'The Lighthouse', year: 2019 } }] }),
    ]),
    ...section(
      'Embedded Filters',
      [
        'GET /films?select=id,actors(first_name)&actors.order=last_name,first_name&id=eq.4',
        rows({ id: 4, actors: [{ first_name: 'John' }, { first_name: 'Uma' }] }),
      ],
      [
        'GET /films?select=id,roles(character)&roles.character=in.(Chico,Harpo,Mia)&id=in.(3,4)',
        rows({ id: 3, roles: [] }, { id: 4, roles: [{ character: 'Mia' }] }),
      ],
      [
        'GET /films?select=id,roles(character)&roles.or=(character.eq.Gummo,character.eq.Mia)&id=in.(3,4)',
        rows({ id: 3, roles: [] }, { id: 4, roles: [{ character: 'Mia' }] }),
      ],
      [
        'GET /films?select=id,actors(last_name)&actors.limit=10&actors.offset=1&actors.order=last_name&id=eq.4',
        rows({ id: 4, actors: [{ last_name: 'Thurman' }] }),
      ],
      [
        'GET /films?select=id,90_comps:competitions(name),91_comps:competitions(name)&90_comps.year=eq.1990&91_comps.year=eq.1991&id=eq.4',
        rows({ id: 4, '90_comps': [], '91_comps': [{ name: 'Oscar' }] }),
      ],
      [
        'GET /films?select=id,roles(character,actors(first_name))&roles.actors.order=last_name&roles.actors.first_name=like.*Um*&roles.order=character&id=eq.4',
        rows({
          id: 4,
          roles: [
            { character: 'Mia', actors: { first_name: 'Uma' } },
            { character: 'Vincent', actors: null },
          ],
        }),
      ],
    ),
    ...section(
      'Top-level Filtering',
      [
        'GET /films?select=title,actors(first_name,last_name)&actors.first_name=eq.Jehanne&id=in.(2,3)',
        rows(
          { title: 'The Dickson Experimental Sound Film', actors: [] },
          { title: 'The Haunted Castle', actors: [{ first_name: 'Jehanne', last_name: "d'Alcy" }] },
        ),
      ],
      [
        'GET /films?select=title,actors!inner(first_name,last_name)&actors.first_name=eq.Jehanne',
        rows({ title: 'The Haunted Castle', actors: [{ first_name: 'Jehanne', last_name: "d'Alcy" }] }),
      ],
    ),
    ...section(
      'Null filtering on Embedded Resources',
      [
        'GET /films?select=id,actors(first_name)&actors=not.is.null&id=lt.4',
        rows({ id: 3, actors: [{ first_name: 'Jehanne' }] }),
      ],
      ['GET /films?select=id,nominations()&nominations=is.null&id=lt.3', rows({ id: 2 })],
      [
        'GET /films?select=id,actors(first_name),directors(last_name)&or=(actors.is.null,directors.is.null)&id=lt.4&order=id',
        rows(
          { id: 1, actors: [], directors: { last_name: 'Lumière' } },
          { id: 2, actors: [], directors: { last_name: 'Dickson' } },
        ),
      ],
    ),
    ...section(
      'OR filtering across Embedded Resources',
      [
        'GET /films?select=title,actors(),directors()&directors.first_name=eq.Robert&actors.first_name=eq.John&or=(directors.not.is.null,actors.not.is.null)&order=id',
        rows({ title: 'Pulp Fiction' }, { title: 'The Lighthouse' }),
      ],
      [
        'GET /films?select=title,act:actors(),dir:directors(),actors(first_name),directors(first_name)&dir.first_name=eq.John&act.first_name=eq.John&or=(dir.not.is.null,act.not.is.null)&actors.order=first_name',
        rows({
          title: 'Pulp Fiction',
          actors: [{ first_name: 'John' }, { first_name: 'Uma' }],
          directors: { first_name: 'Quentin' },
        }),
      ],
    ),
    ...section('Empty Embed', [
      'GET /films?select=title,actors()&actors.first_name=eq.Jehanne&actors=not.is.null',
      rows({ title: 'The Haunted Castle' }),
    ]),
    ...section('Top-level Ordering', [
      'GET /films?select=id,directors(last_name)&order=directors(last_name).desc&id=lt.4',
      rows(
        { id: 3, directors: { last_name: 'Méliès' } },
        { id: 1, directors: { last_name: 'Lumière' } },
        { id: 2, directors: { last_name: 'Dickson' } },
      ),
    ]),
    ...section('Spread To-One relationships', [
      'GET /films?select=title,...directors(director_first_name:first_name, director_last_name:last_name)&title=like.*Workers*',
      rows({
        title: 'Workers Leaving The Lumière Factory In Lyon',
        director_first_name: 'Louis',
        director_last_name: 'Lumière',
      }),
    ]),
    ...section(
      'Spread To-Many relationships',
      [
        'GET /directors?select=first_name,...films(film_titles:title,film_years:year)&first_name=like.Quentin*',
        rows({
          first_name: 'Quentin',
          film_titles: ['Pulp Fiction', 'Reservoir Dogs'],
          film_years: [1994, 1992],
        }),
      ],
      [
        'GET /directors?select=first_name,...films(film_titles:title,film_years:year)&first_name=like.Quentin*&films.order=year',
        rows({
          first_name: 'Quentin',
          film_titles: ['Reservoir Dogs', 'Pulp Fiction'],
          film_years: [1992, 1994],
        }),
      ],
    ),
    ...section('Multiple Spreads', [
      'GET /directors?select=first_name,...films(film_titles:title,...technical_specs(film_runtimes:runtime),...roles(film_characters:character))&first_name=like.Quentin*&films.order=year&films.roles.order=character',
      rows({
        first_name: 'Quentin',
        film_titles: ['Reservoir Dogs', 'Pulp Fiction'],
        film_runtimes: ['01:39:00', '02:29:00'],
        film_characters: [['Mr. Pink'], ['Mia', 'Vincent']],
      }),
    ]),
    ...section('Spread a join table', [
      'GET /films?select=title,actors:roles(character,...actors(first_name,last_name))&title=like.*Lighthouse*',
      rows({
        title: 'The Lighthouse',
        actors: [{ character: 'Thomas Wake', first_name: 'Willem', last_name: 'Dafoe' }],
      }),
    ]),
  ],
}
