/*
 * Bodies: JSON is kept as text, of which the keys alone are read; what is no JSON becomes JSON, or stays as it came.
 */
import { describe, expect, it } from 'vitest'
import { read, refusal } from './read.ts'

const json = (body: string, method = 'POST') => ({
  method,
  body,
  headers: { 'content-type': 'application/json' },
})
const typed = (type: string, body: string | Uint8Array<ArrayBuffer>) => ({
  method: 'POST',
  body,
  headers: { 'content-type': type },
})

describe('JSON', () => {
  it.each([
    ['{"a":1,"b":[{"c":2}]}', false, false, ['a', 'b']],
    [' [ {"a":1} , {"a":{"x":"]}"}} ] ', true, false, ['a']],
    ['[{"a":1,"b":2},{"b":3,"a":4}]', true, false, ['a', 'b']],
    ['{"a":1,"a":2}', false, false, ['a']],
    ['{}', false, false, []],
    ['[{},{}]', true, false, []],
    ['{"__proto__":1,"constructor":{"prototype":2}}', false, false, ['__proto__', 'constructor']],
    ['{"\\u0061\\"\\\\":"\\\\"}', false, false, ['a"\\']],
    ['{"a":"\\\\","b":"\\\\\\"","c":null}', false, false, ['a', 'b', 'c']],
    ['[{"id":9007199254740993123456789,"x":1e400}]', true, false, ['id', 'x']],
    ...[' ', '\n', '\r', '\t'].map((space): [string, boolean, boolean, string[]] => [
      '_[_{_"a"_:_1_,_"b"_:_[_]_}_,_{_"a"_:_2_,_"b"_:_{_}_}_]_'.replaceAll('_', space),
      true,
      false,
      ['a', 'b'],
    ]),
  ])('%s', async (body, isArray, isEmpty, keys) => {
    expect((await read('/t', json(body))).payload).toEqual({
      kind: 'json',
      text: body,
      isArray,
      isEmpty,
      keys,
    })
  })

  it.each(['[]', ' [ ] ', '5', '"text"', 'null'])('%s has no rows', async (body) => {
    expect((await read('/t', json(body))).payload).toEqual({
      kind: 'json',
      text: '[]',
      isArray: true,
      isEmpty: true,
      keys: [],
    })
  })

  it.each([
    ['', 'Empty or invalid json'],
    ['{', 'Empty or invalid json'],
    ['{"a":1}{', 'Empty or invalid json'],
    ["{'a':1}", 'Empty or invalid json'],
    ['\u{feff}{}', 'Empty or invalid json'],
    ['[{"a":1},{"b":1}]', 'All object keys must match'],
    ['[{"a":1},{}]', 'All object keys must match'],
    ['[{"a":1},{"a":1,"b":1}]', 'All object keys must match'],
    ['[1,2]', 'All object keys must match'],
    ['[{"a":1},2]', 'All object keys must match'],
  ])('%s is refused', async (body, message) => {
    expect(await refusal('/t', json(body))).toMatchObject({ status: 400, code: 'PGRST102', message })
  })

  it('is refused where it is not UTF-8', async () => {
    const body = new Uint8Array([123, 34, 255, 34, 58, 49, 125])
    expect(await refusal('/t', typed('application/json', body))).toMatchObject({
      status: 400,
      code: 'PGRST102',
    })
  })

  it('is not looked into where the columns are named', async () => {
    const { payload, columns } = await read('/t?columns=id,%22full name%22', json('[{"id":1},{"x":'))
    expect(columns).toEqual(['id', 'full name'])
    expect(payload).toMatchObject({ kind: 'json', isArray: true, keys: ['id', 'full name'] })
    expect(await refusal('/t?columns=', json('[]'))).toMatchObject({
      code: 'PGRST100',
      message: '"failed to parse columns parameter ()" (line 1, column 1)',
      details: 'unexpected end of input expecting field name (* or [a..z0..9_$])',
    })
    expect((await read('/t?columns=a', json('{"b":1}', 'PUT'))).payload).toMatchObject({ keys: ['b'] })
  })

  it('of a function may be missing', async () => {
    expect(
      (await read('/rpc/f', { method: 'POST', headers: { 'content-type': 'application/json' } })).payload,
    ).toEqual({
      kind: 'json',
      text: '{}',
      isArray: false,
      isEmpty: false,
      keys: [],
    })
  })

  it('is deep and long, and read all the same', async () => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect((await read('/t', json(deep))).payload).toMatchObject({ keys: ['a'] })
    const rows = JSON.stringify(Array.from({ length: 20_000 }, (_, id) => ({ id, name: `"${id}\\` })))
    expect((await read('/t', json(rows))).payload).toMatchObject({ keys: ['id', 'name'], text: rows })
  })

  it('of a read, a DELETE and OPTIONS is none', async () => {
    for (const method of ['GET', 'DELETE', 'OPTIONS'])
      expect((await read('/t', { method })).payload).toEqual({ kind: 'none' })
  })

  it('names a key to upsert by', async () => {
    expect((await read('/t?on_conflict=a,"b,c"', json('{}'))).onConflict).toEqual(['a', 'b,c'])
  })
})

describe('CSV', () => {
  it.each([
    ['a,b\nfoo,NULL\n', '[{"a":"foo","b":null}]', ['a', 'b']],
    ['a,b\r\n"x,""y""\n",\r\n\r\n', '[{"a":"x,\\"y\\"\\n","b":""}]', ['a', 'b']],
    ['a,b\n1,2,3', '[{"a":"1","b":"2"}]', ['a', 'b']],
    ['"a","b"\n"1","2"\r\n"3","4"', '[{"a":"1","b":"2"},{"a":"3","b":"4"}]', ['a', 'b']],
    ['__proto__\n1', '[{"__proto__":"1"}]', ['__proto__']],
    ['a,b', '[]', []],
  ])('%j', async (body, text, keys) => {
    expect((await read('/t', typed('text/csv', body))).payload).toMatchObject({
      kind: 'json',
      text,
      isArray: true,
      keys,
    })
  })

  it.each([
    ['a,b\nfoo,bar\nbaz', 'All lines must have same number of fields'],
    ['', 'parse error (not enough input) at ""'],
    ['a\n"x', 'parse error (not enough input) in a quoted field'],
    ['a\n"x"y', 'parse error (misplaced quote) in line 2'],
    ['a\nx"y', 'parse error (misplaced quote) in line 2'],
  ])('%j is refused', async (body, message) => {
    expect(await refusal('/t', typed('text/csv', body))).toMatchObject({
      status: 400,
      code: 'PGRST102',
      message,
    })
  })
})

describe('other bodies', () => {
  const form = 'application/x-www-form-urlencoded'

  it('a form is a row, and to a function its fields are arguments', async () => {
    expect((await read('/t', typed(form, 'a=x+y&b=%22&__proto__=1&a=z'))).payload).toEqual({
      kind: 'json',
      text: '{"a":"z","b":"\\"","__proto__":"1"}',
      isArray: false,
      isEmpty: false,
      keys: ['a', 'b', '__proto__'],
    })
    const call = await read('/rpc/f', typed(form, 'v=1&v=2&order=x&empty'))
    expect(call.payload).toEqual({ kind: 'none' })
    expect(call.parameters).toEqual([
      ['v', '1'],
      ['v', '2'],
      ['order', 'x'],
      ['empty', ''],
    ])
  })

  it.each(['text/plain', 'text/xml; charset=utf-8', 'application/octet-stream'])(
    '%s is for functions alone',
    async (type) => {
      const body = new Uint8Array([0x3c, 0x61, 0x2f, 0x3e])
      const { payload } = await read('/rpc/f', typed(type, body))
      expect(payload).toMatchObject({ kind: 'raw', bytes: body })
      expect(await refusal('/t', typed(type, body))).toMatchObject({
        status: 400,
        code: 'PGRST102',
        message: `Content-Type not acceptable: ${type.split(';')[0]}`,
      })
    },
  )

  it('anything else is not acceptable', async () => {
    expect(await refusal('/rpc/f', typed('application/x-tar', 'x'))).toMatchObject({
      status: 400,
      code: 'PGRST102',
      message: 'Content-Type not acceptable: application/x-tar',
    })
  })
})
