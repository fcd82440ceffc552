import { beforeEach, describe, expect, it } from 'vitest'
import { createSafeFetch, isPublic, literalAddress } from '../../../functions/_shared/safe-fetch/index.ts'
import { host, widgetRefreshSuite } from '../../support/functions/widget-refresh-suite.ts'

// Requests to other people's servers, on the Deno of hosted Supabase, with real servers: each trick fails in one way.

const suite = widgetRefreshSuite([
  ['inner.example.test', [['10.0.0.1']]],
  ['mixed.example.test', [['127.0.0.1', '127.0.0.2']]],
  ['rebound.example.test', [['127.0.0.1'], ['127.0.0.2']]],
  ['metadata.example.test', [['169.254.169.254']]],
  ['six.example.test', [['::ffff:127.0.0.2']]],
  ['nowhere.example.test', [[]]],
])

// Of one person, who makes the calls of all these tests.
beforeEach(() => suite().app.server.query('delete from private.rate_limit_buckets'))

async function preview(url: string, more: object = {}, type = 'stats') {
  const { refresh, workspace, token, ada } = suite()
  const document = { kind: 'http_json', name: 'Shop', url, mapping: '{"value": total}', ...more }
  const response = await refresh.post(
    { workspace_id: workspace, document, type },
    await token(ada),
    '/preview',
  )
  return { status: response.status, body: (await response.json()) as { error: Record<string, unknown> } }
}
const unreachable = {
  status: 502,
  body: {
    error: {
      code: 'source_failed',
      message: 'The data source could not be reached, or did not answer in time.',
      details: null,
      hint:
        'Ask the address from outside: it has to be public, on port 443 unless an operator allows another, and to ' +
        'give uncompressed JSON of 1 MiB at most.',
    },
  },
}

it('a source that behaves is shown', async () => {
  const { at } = suite()
  expect(await preview(at('/sales'))).toMatchObject({
    status: 200,
    body: { data: { value: 42 }, answer: { total: 42 }, bytes: 12 },
  })
})

describe('an address', () => {
  it.each([
    ['by a name of a private network', 'https://inner.example.test/sales'],
    ['by a name of the metadata', 'https://metadata.example.test/'],
    ['by a name of IPv6 around IPv4', 'https://six.example.test/sales'],
    ['by a name with no address', 'https://nowhere.example.test/sales'],
  ])('%s is not reached, and says no more than any other', async (_, url) => {
    const { source } = suite()
    const before = source.seen.length
    expect(await preview(url)).toEqual(unreachable)
    expect(source.seen.length).toBe(before)
  })

  it.each([
    ['of this machine', 'https://127.0.0.2/sales'],
    ['as one number', 'https://2130706434/sales'],
    ['in hexadecimal', 'https://0x7f.0x2/sales'],
    ['in octal', 'https://0177.0.0.2/sales'],
    ['with parts left out', 'https://127.2/sales'],
    ['with a dot at its end', 'https://127.0.0.2./sales'],
    ['of nothing', 'https://0.0.0.0/sales'],
    ['of a private network', 'https://192.168.0.1/sales'],
    ['of a carrier', 'https://100.64.0.1/sales'],
    ['of the cloud’s metadata', 'https://169.254.169.254/latest/meta-data/'],
    ['of everybody', 'https://255.255.255.255/'],
    ['by the name localhost', 'https://localhost/sales'],
    ['on another port', `https://${host}:22/`],
  ])('%s is refused for its form, and by the function that would ask it', async (_, url) => {
    const { source } = suite()
    const before = source.seen.length
    expect(await preview(url)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_input', details: 'url' } },
    })
    await expect(createSafeFetch()(new URL(url), {})).rejects.toMatchObject({ code: 'source_failed' })
    expect(source.seen.length).toBe(before)
  })

  it.each([
    ['a name and password', 'https://ada:secret@shop.example.test/sales'],
    ['no TLS', 'http://shop.example.test/sales'],
    ['IPv6 in brackets', 'https://[::1]/sales'],
    ['digits of full width', 'https://１２７.0.0.2/sales'],
    ['a file', 'file:///etc/passwd'],
  ])('with %s is no address', async (_, url) => {
    expect(await preview(url)).toMatchObject({ status: 400, body: { error: { code: 'invalid_input' } } })
  })

  it('that is good beside one that is not is not reached', async () => {
    expect(await preview(suite().at('/sales', 'mixed.example.test'))).toEqual(unreachable)
  })

  it('that changes at the second look is asked where the first one led, and then no more', async () => {
    const url = suite().at('/sales', 'rebound.example.test')
    // Each of two processes looks for itself.
    const answers = [await preview(url), await preview(url), await preview(url), await preview(url)]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 502, 502])
    expect(answers[3]).toEqual(unreachable)
  })

  it.each([
    ['::1', false],
    ['::ffff:10.0.0.1', false],
    ['64:ff9b::7f00:1', false],
    ['fe80::1', false],
    ['fc00::1', false],
    ['64:ff9b:1::a00:1', false],
    ['::ffff:0:7f00:1', false],
    ['::127.0.0.1', false],
    ['::a9fe:a9fe', false],
    ['fec0::1', false],
    ['fe80::1%eth0', false],
    ['100::1', false],
    ['3fff::1', false],
    ['2002:7f00:1::', false],
    ['0.0.0.0', false],
    ['100.64.0.1', false],
    ['255.255.255.255', false],
    ['224.0.0.1', false],
    ['192.0.2.1', false],
    ['not an address', false],
    ['93.184.215.14', true],
    ['2606:2800:21f:cb07:6820:80da:af6b:8b2c', true],
  ])('%s is public: %s', (address, expected) => {
    expect(isPublic(address)).toBe(expected)
  })

  it('in brackets is read as what it is', () => {
    expect(literalAddress('[::1]')).toBe('::1')
    expect(literalAddress('shop.example.test')).toBeUndefined()
  })
})

describe('an answer', () => {
  it.each(['/silent', '/half', '/drip', '/lying', '/headers'])('like %s is cut', async (path) => {
    const began = performance.now()
    expect(await preview(suite().at(path))).toEqual(unreachable)
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  it.each([
    ['/redirect', 'The data source answered with the status 302.'],
    ['/missing', 'The data source answered with the status 404.'],
    ['/compressed', 'The data source answered in a compressed form, which is not taken.'],
    ['/html', 'The data source did not answer with JSON.'],
  ])('like %s is an error', async (path, message) => {
    const { source } = suite()
    const before = source.seen.length
    expect(await preview(suite().at(path))).toMatchObject({
      status: 502,
      body: { error: { code: 'source_failed', message } },
    })
    expect(source.seen.slice(before).map((one) => one.path)).toEqual([path])
  })

  it.each(['/huge', '/endless'])('like %s is not read to its end', async (path) => {
    expect(await preview(suite().at(path))).toMatchObject({
      status: 502,
      body: { error: { code: 'source_failed' } },
    })
  })

  it('that is no data of the component names the place and nothing of it', async () => {
    const { status, body } = await preview(suite().at('/sales'), { mapping: '{"value": "s3cret"}' })
    expect({ status, code: body.error.code, details: body.error.details }).toEqual({
      status: 422,
      code: 'data_not_valid',
      details: 'value',
    })
    expect(JSON.stringify(body)).not.toContain('s3cret')
  })
})

describe('a mapping', () => {
  it.each([
    ['that calls itself for ever', '($f := function($n) { $f($n + 1) }; $f(0))'],
    ['that calls itself at its end for ever', '($f := function($n) { $n > 0 ? $f($n + 1) : $n }; $f(1))'],
    ['that makes a long list', '{"value": $count([1..1e9])}'],
    ['that multiplies lists', '{"value": $count([1..9999].([1..9999]))}'],
    ['that makes a long text', '{"value": $length($pad("x", 1000000000))}'],
    [
      'that doubles a text',
      '{"value": 1, "text": $reduce([1..28], function($a, $b) { $a & $a }, "xxxxxxxx")}',
    ],
    [
      'that walks through a long text',
      '{"value": $length($reduce([1..26], function($a, $b) { $a & $a }, "x"))}',
    ],
    [
      'that writes what holds the same twice',
      '{"value": $length($string($reduce([1..26], function($a, $b) {{"a": $a, "b": $a}}, {"x": 1})))}',
    ],
    [
      'that joins by a long text',
      '($s := $pad("x", 1000); {"value": $length($join([1..9000].("a"), $join([1..200].($s))))})',
    ],
    ['that fills up a moment', '{"value": $length($fromMillis(0, "[Y,200000000]"))}'],
    [
      'that reads a moment in many ways',
      `{"value": 1, "text": $toMillis("${'a'.repeat(60)}1", "${'[MN]'.repeat(8)}")}`,
    ],
    ['with a regular expression', '{"value": $match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /(a+)+$/)}'],
    ['that evaluates text', '{"value": $eval("1")}'],
    ['that cannot be read', '{"value": '],
    ['that fails', '{"value": $number("x")}'],
    ['of 5 kB', `{"value": 1} /* ${'x'.repeat(5_000)} */`],
  ])('%s ends as an error', async (_, mapping) => {
    const began = performance.now()
    const { status, body } = await preview(suite().at('/sales'), { mapping })
    expect([400, 422]).toContain(status)
    expect(['invalid_input', 'data_not_valid']).toContain(body.error.code)
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  it('reads and writes moments and numbers, and hands such functions on', async () => {
    const mapping = `(
      $read := $toMillis(?, "[D]/[M]/[Y]");
      $first := $toMillis("2026-02-01T00:00:00.0Z", "[Y]-[M]-[D]T[H]:[m]:[s].[f]Z");
      $second := $toMillis("20260203", "[Y0001][M01][D01]");
      $seven := $number($formatNumber(7, "#0.00"));
      {"value": $sum($map(["1/2/2026", "3/2/2026"], $read)) - $first - $second + $seven + $count($distinct([1, 1, 2]))}
    )`
    const { body } = await preview(suite().at('/sales'), { mapping })
    expect(body).toMatchObject({ data: { value: 9 } })
  })

  it('that hides $eval behind another name evaluates nothing', async () => {
    const { status } = await preview(suite().at('/sales'), { mapping: '($e := $eval; {"value": $e("1")})' })
    expect([400, 422]).toContain(status)
  })
})

it('nothing of an address or a header stands in the log', async () => {
  const { refresh, at } = suite()
  await preview(at('/sales?key=s3cret'), { headers: { Authorization: 'Bearer s3cret' } })
  await preview(at('/missing?key=s3cret'), { headers: { Authorization: 'Bearer s3cret' } })
  expect(refresh.output()).not.toMatch(/s3cret|example\.test/)
})
