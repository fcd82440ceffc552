import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLinkFilter } from '../../../functions/ai-chat/links.ts'
import { lastRun, lastWord } from '../../../functions/ai-chat/text-ends.ts'
import { inChild } from '../../support/functions/child.ts'

// Addresses in answers, whole and in pieces: what a front end would fetch or open must not carry data away.

const hosts = ['app.example.com']

function through(pieces: string[], allowed: string[] = hosts): string {
  const filter = createLinkFilter(allowed)
  return pieces.map((piece) => filter.push(piece)).join('') + filter.end()
}

/** What a browser or a renderer of Markdown would take for an address elsewhere. */
const leads = /evil|[a-z]:\/\/(?!app\.example\.com)|(?<!\w)\/\/\w/i

describe('an address', () => {
  it.each([
    ['of an image', '![x](https://evil.example/?q=1)'],
    ['of a link', '[more](https://evil.example/?q=1)'],
    ['in plain sight', 'see https://evil.example/?q=1 now'],
    ['without a scheme', '[x](//evil.example)'],
    ['with backslashes', '[x](\\\\evil.example)'],
    ['with one of each', '[x](https:/\\evil.example)'],
    ['with no slashes', '[x](https:evil.example)'],
    ['of www', 'www.evil.example/?q=1'],
    ['of mail', '<mailto:a@evil.example?body=1>'],
    ['as a script', '[x](javascript:evil`1`)'],
    ['in entities', '[x](&#104;ttps&colon;&sol;&#x2f;evil.example)'],
    ['in escapes of Markdown', '[x](https\\:\\/\\/evil.example)'],
    ['with a name that goes on in another script', 'https://app.example.com\uff0eevil.example/'],
    ['of a definition', '[x]\n\n[x]: https://evil.example/?q=1'],
    ['of a definition without a space', '![x][a]\n\n[a]://evil.example/?q=1'],
    ['of a definition with backslashes', '![x][a]\n\n[a]:/\\evil.example/?q=1'],
    ['in HTML', '<img src="https://evil.example/?q=1">'],
    ['in HTML without quotes', '<img src=//evil.example>'],
    ['of another scheme', 'ftp://evil.example/x'],
    ['with a name that is allowed', 'https://app.example.com@evil.example/'],
    ['with an escaped name that is allowed', 'https://app.example.com\\@evil.example/'],
    ['with an allowed one beside it', 'https://app.example.com/,https://evil.example/'],
    ['on another port', 'https://app.example.com:8443/evil'],
    ['without TLS', 'http://app.example.com/evil'],
    ['below an allowed one', 'https://evil.app.example.com/'],
  ])('%s loses itself', (_, text) => {
    expect(through([text])).not.toMatch(leads)
    expect(through([...text])).not.toMatch(leads)
  })

  it('that is allowed stays', () => {
    const text = 'See [the page](https://app.example.com/views/1) and https://app.example.com/ too.'
    expect(through([text])).toBe(text)
    expect(through([...text])).toBe(text)
  })

  it('takes no tag along, wherever a long word is cut', () => {
    for (let after = 0; after < 600; after += 1) {
      const word = `${'a'.repeat(300)}<img/src=x/onerror=run()>${'b'.repeat(after)}`
      expect(through([word, 'c'.repeat(400)])).not.toMatch(/<[a-z]/i)
    }
  })

  it('of none is allowed where no host is', () => {
    expect(through(['https://app.example.com/'], [])).toBe('(link removed)')
  })

  it('of a hundred thousand characters takes no memory, and does not come back at its end', () => {
    const filter = createLinkFilter([])
    let shown = filter.push('https://')
    for (let turn = 0; turn < 1_000; turn += 1) shown += filter.push('evil'.repeat(25))
    shown += filter.push(' and more') + filter.end()
    expect(shown).toBe('(link removed) and more')
  })
})

it('HTML is taken apart', () => {
  expect(through(['<img src="/\n/evil.example"> a < b'])).toBe('< img src="/\n/evil.example"> a < b')
})

it('text that is none stays as it is', () => {
  for (const text of [
    'Revenue: 12,300 USD (+4.2 %) // up',
    '数字は増えました。来月も。',
    '| a | b |\n|---|---|\n| 1/2 | a:b |',
    'At 10:30, ratio 3:4; e.g. well.known',
    `${'x'.repeat(5000)} end`,
  ])
    expect(through([...text])).toBe(text)
})

it('half a character waits for its other half', () => {
  const filter = createLinkFilter([])
  const shown = ['Up \ud83d', '\ude00\ud83d', '\ude80!'].map((piece) => filter.push(piece))
  expect([...shown, filter.end()].every((piece) => piece.isWellFormed())).toBe(true)
  expect(shown.join('') + filter.end()).toBe('Up 😀🚀')
})

it('it does not matter how it comes in pieces', () => {
  const words = fc.constantFrom(
    'https://evil.example/x',
    '![a](https://evil.example)',
    'https://app.example.com/y',
    '//evil.example',
    '&#104;ttps://evil.example',
    'text',
    ' ',
    '\n',
    '(',
    ')',
    '数',
    'h',
    'ttps:',
    '//',
    '\\',
  )
  fc.assert(
    fc.property(
      fc.array(words, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 9 })),
      (parts, cuts) => {
        const text = parts.join('')
        const pieces: string[] = []
        let rest = text
        for (const cut of cuts) {
          pieces.push(rest.slice(0, cut))
          rest = rest.slice(cut)
        }
        expect(through([...pieces, rest])).toBe(through([text]))
        expect(through([text])).not.toMatch(/https:\/\/evil|(?<![\w\\/])\/\/evil/)
      },
    ),
  )
})

describe('a long text', () => {
  it.each([
    ['push', 'x', ' y'],
    ['push', 'x', ''],
    ['push', 'é', 'x'],
    ['links', 'x', ' y'],
    ['links', 'x/', 'é '],
    ['links', '/', ' '],
    ['links', 'www.', ' '],
    ['links', '&#', ' '],
    ['links', 'a:', ' '],
  ])('takes as much longer as it is: %s, "%s", "%s"', async (...given) => {
    expect(await inChild('growth-in-child.ts', ...given)).toBeLessThan(8)
  })

  it('ends where a regular expression finds that it does', () => {
    const parts = fc.constantFrom(
      'a',
      '~',
      '!',
      ' ',
      '\u00a0',
      '\ufeff',
      '\n',
      '\x7f',
      'é',
      '\ud83d',
      '\ude00',
      '😀',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(parts, fc.string({ unit: 'binary', maxLength: 2 }))), (array) => {
        const text = array.join('')
        expect(lastWord(text)).toBe(text.search(/\S*$/))
        expect(lastRun(text)).toBe(text.search(/[!-~]*$|[\ud800-\udbff]$/))
      }),
      { numRuns: 1_000 },
    )
  })
})
