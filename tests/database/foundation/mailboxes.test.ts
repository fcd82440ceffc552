import { expect, it } from 'vitest'
import { policySuite } from '../../support/database/policy-suite.ts'

const story = policySuite()

it.each([
  ['what follows a plus', 'ada@example.com', 'ada+1@example.com', true],
  ['each plus', 'ada@example.com', 'ada+1+2@example.com', true],
  ['dots at Gmail', 'adalovelace@gmail.com', 'a.da.lovelace+x@gmail.com', true],
  ['the other name of Gmail', 'ada.lovelace@gmail.com', 'adalovelace@googlemail.com', true],
  ['dots elsewhere', 'ada.lovelace@example.com', 'adalovelace@example.com', false],
  ['a domain that ends like Gmail', 'a.da@notgmail.com', 'ada@notgmail.com', false],
  ['another person', 'ada@gmail.com', 'eva@gmail.com', false],
  ['another domain', 'ada@example.com', 'ada@example.org', false],
])('%s: whether %s and %s are counted as one mailbox', (_, one, other, isOne) =>
  story(async (client) => {
    const { rows } = await client.query<{ is_one: boolean }>(
      'select private.digest_of_mailbox($1) = private.digest_of_mailbox($2) as is_one',
      [one, other],
    )
    expect(rows).toEqual([{ is_one: isOne }])
  })(),
)
