import { type Page, rows, section } from '../page.ts'

export const aggregateFunctions: Page = {
  name: 'aggregate_functions',
  sql: `
    create table customers (id int primary key, name text, city text, state text, subscription_date date);
    create table orders (id int primary key, amount numeric, quantity int, order_date date, observation text,
      order_details jsonb, customer_id int references customers);
    insert into customers values (1, 'Customer A', 'New York', 'NY', '2013-10-01'),
      (2, 'Customer B', 'Los Angeles', 'CA', '2023-10-15');
    insert into orders values (1, 10, 1, '2023-01-01', 'x', '{"tax_amount": 1.5}', 1),
      (2, 20, 2, '2023-01-01', null, '{"tax_amount": 2}', 2), (3, 32, 3, '2023-01-02', 'y', '{"tax_amount": 3}', 2);
  `,
  examples: [
    ...section(
      'Aggregate Functions',
      ['GET /orders?select=amount.sum()', rows({ sum: 62 })],
      [
        'GET /orders?select=total_amount:amount.sum(),avg_amount:amount.avg()::int,total_quantity:quantity.sum()',
        rows({ total_amount: 62, avg_amount: 21, total_quantity: 6 }),
      ],
    ),
    ...section('Automatic GROUP BY', [
      'GET /orders?select=amount.sum(),amount.max(),order_date&order=order_date',
      rows({ sum: 30, max: 20, order_date: '2023-01-01' }, { sum: 32, max: 32, order_date: '2023-01-02' }),
    ]),
    ...section('The count() Aggregate', [
      'GET /orders?select=count(),observation_count:observation.count(),order_date&order=order_date',
      rows(
        { count: 2, observation_count: 1, order_date: '2023-01-01' },
        { count: 1, observation_count: 1, order_date: '2023-01-02' },
      ),
    ]),
    ...section('Casting the Aggregated Column', [
      'GET /orders?select=order_details->tax_amount::numeric.sum()',
      rows({ sum: 6.5 }),
    ]),
    ...section('Casting the Aggregate', ['GET /orders?select=amount.avg()::int', rows({ avg: 21 })]),
    ...section(
      'Grouping by an Embedded Resource',
      [
        'GET /orders?select=amount.sum(),customers(name)&customer_id=eq.2',
        rows({ sum: 52, customers: { name: 'Customer B' } }),
      ],
      [
        'GET /orders?select=amount.sum(),...customers(name)&customer_id=eq.2',
        rows({ sum: 52, name: 'Customer B' }),
      ],
    ),
    ...section('Using Aggregates Inside Embedded Resources', [
      'GET /customers?select=name,city,state,orders(amount.sum(),order_date)&orders.order=order_date&id=eq.2',
      rows({
        name: 'Customer B',
        city: 'Los Angeles',
        state: 'CA',
        orders: [
          { sum: 20, order_date: '2023-01-01' },
          { sum: 32, order_date: '2023-01-02' },
        ],
      }),
    ]),
    ...section(
      'Aggregates in To-One Spreads',
      [
        'GET /orders?select=order_date,...customers(subscription_date.max(),subscription_date.min())&order=order_date',
        rows(
          { order_date: '2023-01-01', max: '2023-10-15', min: '2013-10-01' },
          { order_date: '2023-01-02', max: '2023-10-15', min: '2023-10-15' },
        ),
      ],
      [
        'GET /customers?select=name,...orders(amount.sum())',
        { status: 400, json: { code: 'PGRST127', message: 'Feature not implemented' } },
      ],
    ),
  ],
}
