import { describe, expect, it } from 'vitest'
import { DataNotValidError } from '../../../functions/widget-refresh/data-not-valid.ts'
import { mapped } from '../../../functions/widget-refresh/mapping.ts'

// What is told of a mapping that cannot be applied: its own words to who may read it, and what it was given to nobody.

async function failure(mapping: string, input: unknown): Promise<DataNotValidError> {
  const error = await mapped(mapping, input, { type: 'stats', query: {} }).catch((reason: unknown) => reason)
  if (!(error instanceof DataNotValidError)) throw new Error('It can be applied.')
  return error
}

describe('a mapping that cannot be applied', () => {
  it.each([
    ['{"value": total', 'S0203 at 15', 'Expected "}" before end of expression'],
    ['"mine" "other"', 'S0201 at 14', 'Syntax error: "other"'],
    ['total + "x"', 'T2002 at 7', 'The right side of the "+" operator must evaluate to a number'],
    [
      '$uppercase(total)',
      'T0410 at 11',
      'Argument 1 of function "uppercase" does not match function signature',
    ],
  ])('%s has what JSONata says of it beside the code', async (mapping, code, words) => {
    const { message, particulars } = await failure(mapping, { total: 42 })
    expect(message).toBe(`The mapping cannot be applied: JSONata says ${code}.`)
    expect(particulars).toBe(words)
  })

  it.each([
    '$number(secret)',
    'secret < 7',
    '{secret: 1, "x": 2, 7: 3}',
    '[{"a": secret}, {"a": 7}]^(a)',
    '-secret',
    '$error(secret)',
    '$assert(false, secret)',
    '{"a": 1}.{$string(a): 1, 7: secret}',
  ])('%s has nothing of what it was given', async (mapping) => {
    const { message, particulars } = await failure(mapping, { secret: 'unseen' })
    expect(`${message}${particulars}`).not.toContain('unseen')
  })

  it('has no more than two hundred characters of itself', async () => {
    const { particulars } = await failure(`1 "${'x'.repeat(3_000)}"`, {})
    expect(particulars).toMatch(/^Syntax error: "x+$/)
    expect(particulars).toHaveLength(200)
  })
})
