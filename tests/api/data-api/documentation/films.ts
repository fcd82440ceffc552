/** The sample database of the documentation, as far as its examples ask for rows. */
export const films = `
  create table actors (id int primary key, first_name text, last_name text);
  create table directors (id int primary key, first_name text, last_name text);
  create table films (id int primary key, director_id int references directors, title text, year int,
    rating numeric(3, 1), language text);
  create table technical_specs (film_id int references films primary key, runtime time, camera text);
  create table roles (film_id int references films, actor_id int references actors, character text,
    primary key (film_id, actor_id));
  create table competitions (id int primary key, name text, year int);
  create table nominations (competition_id int references competitions, film_id int references films, rank int,
    primary key (competition_id, film_id));
  insert into directors values (1, 'William', 'Dickson'), (2, 'Louis', 'Lumière'), (3, 'Georges', 'Méliès'),
    (4, 'Quentin', 'Tarantino'), (5, 'Robert', 'Eggers'), (40, 'Danny', 'Boyle');
  insert into films values (1, 2, 'Workers Leaving The Lumière Factory In Lyon', 1895, 7, 'french'),
    (2, 1, 'The Dickson Experimental Sound Film', 1894, 6.7, 'english'),
    (3, 3, 'The Haunted Castle', 1896, 6.6, 'french'), (4, 4, 'Pulp Fiction', 1994, 8.9, 'english'),
    (5, 4, 'Reservoir Dogs', 1992, 8.3, 'english'), (6, 5, 'The Lighthouse', 2019, 7.4, 'english');
  insert into actors values (1, 'Willem', 'Dafoe'), (2, 'Jehanne', 'd''Alcy'), (3, 'John', 'Travolta'),
    (4, 'Uma', 'Thurman'), (5, 'Steve', 'Buscemi');
  update actors set last_name = 'A Travolta' where id = 3;
  insert into roles values (6, 1, 'Thomas Wake'), (3, 2, 'Girl'), (4, 3, 'Vincent'), (4, 4, 'Mia'), (5, 5, 'Mr. Pink');
  insert into technical_specs values (4, '02:29', 'Arriflex 35-III'), (5, '01:39', 'Arriflex 35 BL4');
  insert into competitions values (1, 'Oscar', 1991), (2, 'Palme', 1994);
  insert into nominations values (1, 4, 5), (2, 1, 1);
  create table addresses (id int primary key, name text);
  create table orders (id int primary key, name text,
    billing_address_id int constraint billing references addresses,
    shipping_address_id int constraint shipping references addresses);
  insert into addresses values (1, '32 Glenlake Dr.Dearborn, MI 48124'), (2, '30 Glenlake Dr.Dearborn, MI 48124');
  insert into orders values (1, 'Personal Water Filter', 1, 2), (2, 'Coffee Machine', 1, 1);
`
