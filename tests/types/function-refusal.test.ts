import { expect, it } from 'vitest'
import { functionRefusalOf } from '../../types/function-refusal.ts'

const of = (context?: unknown) => functionRefusalOf({ message: 'It failed.', context })
const refused = { code: 'conflict', message: 'No.', details: 'version', hint: null }

it.each([
  ['a function', Response.json({ error: refused }, { status: 409 }), refused],
  [
    'the platform, by a code',
    Response.json({ code: 'BOOT_ERROR', message: 'Worker failed to boot' }, { status: 503 }),
    { code: 'BOOT_ERROR', message: 'Worker failed to boot' },
  ],
  [
    'the platform, without one',
    Response.json({ msg: 'Invalid JWT' }, { status: 401 }),
    { code: 'internal_error', message: 'Invalid JWT' },
  ],
  ['a proxy', new Response('<html>', { status: 502 }), { code: 'internal_error', message: 'It failed.' }],
  ['nobody', new TypeError('fetch failed'), { code: 'internal_error', message: 'It failed.' }],
  ['nobody, of whom nothing is said', undefined, { code: 'internal_error', message: 'It failed.' }],
])('a refusal of %s is told in one shape, and can be read again', async (_, context, expected) => {
  for (let time = 0; time < 2; time += 1)
    expect(await of(context)).toEqual({ details: null, hint: null, ...expected })
})
