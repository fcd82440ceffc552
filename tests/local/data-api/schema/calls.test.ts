/*
 * Which function a call means by the names of its arguments and the type of its body.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RequestError } from '../../../../local/services/data-api/request-error.ts'
import { type Call, findRoutine } from '../../../../local/services/data-api/schema/index.ts'
import { type KnownSchema, knownSchema } from '../../../support/database/schema-cache.ts'

let known: KnownSchema

beforeAll(async () => {
  known = await knownSchema(`
    create schema hidden;
    create function public.plain(a int, b text default 'x', variadic c int[] default '{}') returns int
      language sql as 'select 1';
    create function public.overloaded(a int) returns int language sql as 'select 1';
    create function public.overloaded(a int, b int) returns int language sql as 'select 1';
    create function public.overloaded(a text) returns int language sql as 'select 1';
    create function public.unnamed(json) returns int language sql as 'select 1';
    create function public.unnamed(bytea) returns int language sql as 'select 1';
    create function public.outs(a int, out x int, inout y text) language sql as 'select 1, y';
    create function public.nothing() returns void language sql as '';
    create function hidden.secret() returns int language sql as 'select 1';
  `)
})
afterAll(() => known[Symbol.asyncDispose]())

const refusalOf = (work: () => unknown) => {
  try {
    return work()
  } catch (error) {
    if (error instanceof RequestError) return error
    throw error
  }
}

describe('a call', () => {
  const json = 'application/json'
  const find = (name: string, argumentNames: string[], contentType?: string) => {
    const call: Call = { schema: 'public', name, argumentNames, contentType }
    return refusalOf(() => findRoutine(known.cache, call).arguments.map(({ type }) => type))
  }

  it.each<[name: string, names: string[], contentType: string | undefined, types: string[]]>([
    ['plain', ['a'], json, ['integer', 'text', 'integer[]']],
    ['plain', ['c', 'a'], undefined, ['integer', 'text', 'integer[]']],
    ['overloaded', ['b', 'a'], json, ['integer', 'integer']],
    ['unnamed', ['anything'], json, ['json']],
    ['unnamed', [], 'application/octet-stream', ['bytea']],
    ['nothing', [], json, []],
    ['outs', ['a', 'y'], json, ['integer', 'text']],
  ])('finds %s with %s by %s', (name, names, contentType, types) => {
    expect(find(name, names, contentType)).toEqual(types)
  })

  it('that could mean several is told of them', () => {
    expect(find('overloaded', ['a'], json)).toMatchObject({
      status: 300,
      code: 'PGRST203',
      message:
        'Could not choose the best candidate function between: ' +
        'public.overloaded(a => integer), public.overloaded(a => text)',
    })
  })

  it.each<[name: string, names: string[], contentType: string | undefined, about: Record<string, unknown>]>([
    [
      'plan',
      ['a'],
      json,
      {
        message: 'Could not find the function public.plan(a) in the schema cache',
        details:
          'Searched for the function public.plan with parameter a or with a single unnamed json/jsonb parameter, ' +
          'but no matches were found in the schema cache.',
        hint: 'Perhaps you meant to call the function public.plain',
      },
    ],
    [
      'plain',
      ['b', 'd'],
      undefined,
      {
        message: 'Could not find the function public.plain(b, d) in the schema cache',
        details:
          'Searched for the function public.plain with parameters b, d, but no matches were found in the schema cache.',
        hint: 'Perhaps you meant to call the function public.plain(a, b, c)',
      },
    ],
    [
      'nothing',
      [],
      'text/plain',
      {
        message: 'Could not find the function public.nothing in the schema cache',
        details:
          'Searched for the function public.nothing with a single unnamed text parameter, ' +
          'but no matches were found in the schema cache.',
        hint: null,
      },
    ],
    [
      'unnamed',
      ['a'],
      undefined,
      { message: 'Could not find the function public.unnamed(a) in the schema cache' },
    ],
    [
      'hopeless',
      [],
      json,
      {
        message: 'Could not find the function public.hopeless without parameters in the schema cache',
        hint: null,
      },
    ],
    ['secret', [], json, { hint: null }],
  ])('of %s with %s by %s finds nothing', (name, names, contentType, about) => {
    expect(find(name, names, contentType)).toMatchObject({ status: 404, code: 'PGRST202', ...about })
  })
})
