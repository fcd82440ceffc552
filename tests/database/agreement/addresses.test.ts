import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isPublic } from '../../../functions/_shared/safe-fetch/index.ts'
import { policySuite } from '../../support/database/policy-suite.ts'

// The same verdict of the database, where an address is saved, and of the function that would ask it.

const story = policySuite()

const octet = fc.oneof(
  fc.integer({ min: 0, max: 255 }),
  fc.constantFrom(0, 10, 100, 127, 168, 169, 172, 192, 254, 255),
)
const edges = [
  '9.255.255.255',
  '10.0.0.0',
  '11.0.0.0',
  '100.63.255.255',
  '100.64.0.0',
  '100.127.255.255',
].concat(
  ['100.128.0.0', '172.15.255.255', '172.16.0.0', '172.31.255.255', '172.32.0.0', '192.0.0.255', '192.0.1.0'],
  [
    '192.0.2.1',
    '192.31.196.1',
    '192.52.193.1',
    '192.88.99.1',
    '192.167.255.255',
    '192.168.0.0',
    '192.169.0.0',
  ],
  [
    '192.175.48.1',
    '198.17.255.255',
    '198.18.0.0',
    '198.19.255.255',
    '198.20.0.0',
    '198.51.100.9',
    '203.0.113.9',
  ],
  ['223.255.255.255', '224.0.0.0', '240.0.0.0', '255.255.255.255', '1.1.1.1', '93.184.215.14'],
)

it(
  'an address of IPv4 is public to both, or to neither',
  story(async (client) => {
    const hosts = fc.sample(fc.tuple(octet, octet, octet, octet), { numRuns: 3_000, seed: 20_261_126 })
    const all = [...edges, ...hosts.map((parts) => parts.join('.'))]
    const { rows } = await client.query<{ host: string; is_public: boolean }>(
      'select h.host, private.may_be_asked(h.host) as is_public from unnest($1::text[]) as h (host)',
      [all],
    )
    expect(rows).toHaveLength(all.length)
    expect(rows.filter(({ host, is_public }) => is_public !== isPublic(host))).toEqual([])
  }),
)

it.each([
  ['2130706433', false],
  ['0x7f.1', false],
  ['0X7F000001', false],
  ['0177.0.0.1', false],
  ['127.1', false],
  ['1.1.1.1.', false],
  ['1.1.1.256', false],
  ['shop.example.com.1', false],
  ['localhost', false],
  ['a.localhost.', false],
  ['localhost.example.com', true],
  ['1.example.com', true],
  ['shop.example.0xyz', true],
  ['10.0.0.1.example.com', true],
])('%s may be asked as far as its form says: %s', (host, expected) =>
  story(async (client) => {
    const { rows } = await client.query('select private.may_be_asked($1) as may', [host])
    expect(rows).toEqual([{ may: expected }])
  })(),
)
