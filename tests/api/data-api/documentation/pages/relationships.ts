import { type Example, rows, section } from '../page.ts'

/** The first half of the page on resource embedding: what leads to what. */
export const relationshipExamples: readonly Example[] = [
  ...section(
    'Many-to-one relationships',
    [
      'GET /films?select=title,directors(id,last_name)&id=lt.4',
      rows(
        { title: 'Workers Leaving The Lumière Factory In Lyon', directors: { id: 2, last_name: 'Lumière' } },
        { title: 'The Dickson Experimental Sound Film', directors: { id: 1, last_name: 'Dickson' } },
        { title: 'The Haunted Castle', directors: { id: 3, last_name: 'Méliès' } },
      ),
    ],
    [
      'GET /films?select=title,director:directors(id,last_name)&id=eq.1',
      rows({
        title: 'Workers Leaving The Lumière Factory In Lyon',
        director: { id: 2, last_name: 'Lumière' },
      }),
    ],
  ),
  ...section('One-to-many relationships', [
    'GET /directors?select=last_name,films(title)&id=in.(1,3)',
    rows(
      { last_name: 'Dickson', films: [{ title: 'The Dickson Experimental Sound Film' }] },
      { last_name: 'Méliès', films: [{ title: 'The Haunted Castle' }] },
    ),
  ]),
  ...section('Many-to-many relationships', [
    'GET /actors?select=first_name,last_name,films(title)&id=eq.1',
    rows({ first_name: 'Willem', last_name: 'Dafoe', films: [{ title: 'The Lighthouse' }] }),
  ]),
  ...section('One-to-one relationships', [
    'GET /films?select=title,technical_specs(camera)&id=eq.4',
    rows({ title: 'Pulp Fiction', technical_specs: { camera: 'Arriflex 35-III' } }),
  ]),
  ...section(
    'Computed Relationships',
    [
      'GET /premieres?select=location,film(title)',
      rows({ location: 'Cannes Film Festival', film: { title: 'Pulp Fiction' } }),
    ],
    [
      'GET /films?select=title,premieres(location)&id=eq.4',
      rows({ title: 'Pulp Fiction', premieres: [{ location: 'Cannes Film Festival' }] }),
    ],
  ),
  ...section(
    'Multiple Many-To-One',
    [
      'GET /orders?select=*,addresses(*)',
      {
        status: 300,
        json: {
          code: 'PGRST201',
          details: [
            {
              cardinality: 'many-to-one',
              embedding: 'orders with addresses',
              relationship: 'billing using orders(billing_address_id) and addresses(id)',
            },
            {
              cardinality: 'many-to-one',
              embedding: 'orders with addresses',
              relationship: 'shipping using orders(shipping_address_id) and addresses(id)',
            },
          ],
          hint:
            "Try changing 'addresses' to one of the following: 'addresses!billing', 'addresses!shipping'. " +
            "Find the desired relationship in the 'details' key.",
          message:
            "Could not embed because more than one relationship was found for 'orders' and 'addresses'",
        },
      },
    ],
    [
      'GET /orders?select=name,billing_address:addresses!billing(name),shipping_address:addresses!shipping(name)&id=eq.1',
      rows({
        name: 'Personal Water Filter',
        billing_address: { name: '32 Glenlake Dr.Dearborn, MI 48124' },
        shipping_address: { name: '30 Glenlake Dr.Dearborn, MI 48124' },
      }),
    ],
  ),
  ...section('Multiple One-To-Many', [
    // The page leaves out the table of the second embed.
    'GET /addresses?select=name,billing_orders:orders!billing(name),shipping_orders:orders!shipping(name)&id=eq.1',
    rows({
      name: '32 Glenlake Dr.Dearborn, MI 48124',
      billing_orders: [{ name: 'Personal Water Filter' }, { name: 'Coffee Machine' }],
      shipping_orders: [{ name: 'Coffee Machine' }],
    }),
  ]),
  ...section(
    'Recursive Relationships',
    [
      'GET /presidents?select=last_name,predecessor(last_name),successor(last_name)&id=eq.2',
      rows({
        last_name: 'Adams',
        predecessor: { last_name: 'Washington' },
        successor: { last_name: 'Jefferson' },
      }),
    ],
    [
      'GET /employees?select=last_name,supervisees(last_name)&id=eq.1',
      rows({ last_name: 'Taylor', supervisees: [{ last_name: 'Johnson' }, { last_name: 'Miller' }] }),
    ],
    [
      'GET /employees?select=last_name,supervisor(last_name)&id=eq.3',
      rows({ last_name: 'Miller', supervisor: { last_name: 'Taylor' } }),
    ],
    [
      'GET /users?select=username,subscribers(username),following(username)&id=eq.4',
      rows({
        username: 'the_top_artist',
        subscribers: [{ username: 'patrick109' }, { username: 'alicia_smith' }],
        following: [{ username: 'top_streamer' }],
      }),
    ],
  ),
  ...section('Foreign Key Joins on Partitioned Tables', [
    'GET /box_office?select=bo_date,gross_revenue,films(title)&gross_revenue=gte.1000000&order=bo_date',
    rows(
      { bo_date: '2021-01-05', gross_revenue: 2000000, films: { title: 'Pulp Fiction' } },
      {
        bo_date: '2021-02-05',
        gross_revenue: 3000000,
        films: { title: 'Workers Leaving The Lumière Factory In Lyon' },
      },
    ),
  ]),
  ...section('Foreign Key Joins on Views', [
    'GET /nominations_view?select=film_title,films(language),roles(character),actors(last_name,first_name)&rank=eq.5&actors.order=last_name',
    rows({
      film_title: 'Pulp Fiction',
      films: { language: 'english' },
      roles: [{ character: 'Vincent' }, { character: 'Mia' }],
      actors: [
        { last_name: 'A Travolta', first_name: 'John' },
        { last_name: 'Thurman', first_name: 'Uma' },
      ],
    }),
  ]),
  ...section('Foreign Key Joins on Table-Valued Functions', [
    'GET /rpc/getallfilms?select=title,directors(id,last_name)&title=like.*Workers*',
    rows({
      title: 'Workers Leaving The Lumière Factory In Lyon',
      directors: { id: 2, last_name: 'Lumière' },
    }),
  ]),
  ...section('Foreign Key Joins on Writes', [
    'POST /films?select=title,year,director:directors(first_name,last_name)',
    {
      status: 201,
      json: [{ title: '127 hours', year: 2010, director: { first_name: 'Danny', last_name: 'Boyle' } }],
    },
    {
      headers: { prefer: 'return=representation' },
      body: { id: 100, director_id: 40, title: '127 hours', year: 2010, rating: 7.6, language: 'english' },
    },
  ]),
]
