import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderMail } from '../../../functions/mail/templates.ts'
import { unlinked } from '../../../functions/mail/unlinked.ts'
import { inChild } from '../../support/functions/child.ts'

// What mail programs make links of, which is generous: each makes one of some of these.
const linked = [
  /[a-z][a-z\d+.-]*:\/\//iu,
  /(?:mailto|tel|sms|skype|file|callto|javascript|data):[\p{L}\p{N}/+#@]/iu,
  /[\p{L}\p{N}_-][.\u2024\u3002\uFE52\uFF0E\uFF61]\p{L}/u,
  /\d\.\d+\.\d/,
  /\S[@＠][^\s.,;:!?…)\]}"'’”»]/u,
  /[\\/]{2}\w/,
]

describe('what others wrote', () => {
  it.each([
    'Ada Lovelace',
    'J. R. Smith',
    'Acme Inc.',
    'Acme Inc., Berlin (Ltd.)',
    'St. Mary’s',
    'Sales: Q3/Q4',
    'R&D – Team "2.0" at 10:30',
    '@home',
    '…',
    '李 小龙',
    'Was it? Yes! Wait...',
    'مساحة العمل',
  ])('stays as it is: %s', (name) => {
    expect(unlinked(name)).toBe(name)
  })

  it.each([
    ['Your bank: http://evil.example/login', 'Your bank: http: / /evil. example/login'],
    ['Prize at https://evil.example/win', 'Prize at https: / /evil. example/win'],
    ['www.evil.example', 'www. evil. example'],
    ['evil.example:8080', 'evil. example: 8080'],
    ['evil。example', 'evil。 example'],
    ['http://1.2.3.4', 'http: / /1. 2. 3. 4'],
    ['http://[::1]/', 'http: / /[:: 1]/'],
    ['mailto:a@evil', 'mailto: a@ evil'],
    ['\\\\evil\\share', '\\ \\ evil\\ share'],
    ['tel:112', 'tel: 112'],
    ['Node.js team', 'Node. js team'],
    ['J.R. Smith', 'J. R. Smith'],
  ])('holds no address: %s', (name, without) => {
    expect(unlinked(name)).toBe(without)
  })

  const name = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          'http://',
          'HTTPS://',
          'www.',
          'mailto:',
          'tel:',
          'evil',
          'example',
          'com',
          'xn--p1ai',
          'öl',
        ),
        fc.constantFrom(...'.:/\\@-_?=&#%[]()"\' 。．｡․﹒＠1a'),
        fc.string({ unit: 'grapheme', maxLength: 3 }),
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join(''))

  it('holds no address, whatever it is, and reads the same', () => {
    fc.assert(
      fc.property(name, (text) => {
        const without = unlinked(text)
        for (const link of linked) expect(without).not.toMatch(link)
        expect(without.replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
        expect(unlinked(without)).toBe(without)
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    ['1', '.a'],
    ['1.', ''],
    ['a.', ''],
    ['1:', ''],
    [' @', 'a'],
  ])('takes as much longer as it is: "%s", "%s"', async (part, end) => {
    expect(await inChild('growth-in-child.ts', 'unlinked', part, end)).toBeLessThan(8)
  })

  it('keeps a mark where a regular expression finds an ordinary one', () => {
    const marks = fc.string({ unit: fc.constantFrom(...'0189.:@/a ٣１\u00a0'), maxLength: 12 })
    fc.assert(
      fc.property(marks, (text) => {
        const kept = [
          ...text.matchAll(/(?<=(?<![.\d])\d+)\.(?=\d+(?![.\d]))|(?<=\d):(?=\d)|(?<!\S)@(?=[^\s.:])/g),
        ]
        const spaced = [...text.matchAll(/[.:@](?=[^\s.:])|\/(?=\/)/g)]
        expect(unlinked(text).length - text.length).toBe(spaced.length - kept.length)
      }),
      { numRuns: 1_000 },
    )
  })

  const shared = {
    workspaceId: 'WK-1',
    id: '00000000-0000-4000-8000-000000000001',
    to: 'a@example.com',
    workspaceName: 'Prize at https://evil.example/win',
  }
  const links = { appUrl: 'https://app.test', unsubscribe: 'https://app.test/unsubscribe?token=t' }

  it.each(['en', 'ar'])('is in no mail an address, in the text or in the HTML (%s)', (locale) => {
    const bad = 'http://evil.example'
    const mails = [
      {
        ...shared,
        locale,
        kind: 'invitation' as const,
        invitation: { id: shared.id, inviterName: bad, roleName: bad, expiresAt: '2026-01-01T00:00:00Z' },
      },
      ...['view_shared', 'member_joined', 'role_changed', 'member_removed', 'source_failing'].map((kind) => ({
        ...shared,
        locale,
        kind,
        userId: shared.id,
        notifications: [
          {
            kind,
            title: `${bad} did`,
            body: `${bad} said`,
            link: '/workspaces/WK-1',
            payload: {
              view: { name: bad },
              actor: { name: bad },
              role: { name: bad },
              workspace: { name: bad },
            },
            count: 1,
          },
        ],
      })),
    ]
    for (const mail of mails) {
      const { subject, text, html } = renderMail(mail, links)
      for (const part of [subject, text, html]) expect(part).not.toContain('evil.example')
      expect(text.match(/https?:\/\/\S+/g)?.every((link) => link.startsWith(links.appUrl))).toBe(true)
      expect(html).toContain(`href="${links.appUrl}/`)
    }
  })
})
