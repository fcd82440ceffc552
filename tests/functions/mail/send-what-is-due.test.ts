import { expect, it } from 'vitest'
import type { SecretClient } from '../../../functions/_shared/secret-client.ts'
import type { Answer } from '../../../functions/mail/mail-service.ts'
import { sendWhatIsDue } from '../../../functions/mail/send-what-is-due.ts'
import type { OutgoingMail, SettledMail } from '../../../types/mail.ts'

// How fast mails go out, and what becomes of those that the service does not take.

const mailsOf = (count: number): OutgoingMail[] =>
  Array.from({ length: count }, (_, place) => ({
    workspaceId: 'WK-1',
    id: `mail-${place}`,
    kind: 'invitation',
    to: `${place}@example.com`,
    locale: 'en',
    workspaceName: 'Studio',
    invitation: {
      id: crypto.randomUUID(),
      inviterName: 'Ada',
      roleName: 'Viewer',
      expiresAt: '2026-12-05T10:00:00.000Z',
    },
  }))

/** A run in which so many mails are due, with a service that takes as long for each answer as it likes. */
async function run(count: number, perSecond: number, answer: (place: number) => Answer | Promise<Answer>) {
  const due = mailsOf(count)
  const [begun, settled]: [number[], SettledMail[]] = [[], []]
  const server = {
    async rpc(name: string, { most, results }: { most?: number; results?: SettledMail[] }) {
      if (name === 'claim_mails') return { data: due.splice(0, most), error: null }
      settled.push(...(results ?? []))
      return { data: null, error: null }
    },
  }
  const counts = await sendWhatIsDue(server as unknown as SecretClient, {
    perSecond,
    async service() {
      begun.push(performance.now())
      return answer(begun.length - 1)
    },
    links: { tokenFor: () => '', read: () => undefined },
    appUrl: 'https://app.example.com',
    functionUrl: 'https://project.example.com',
    from: 'a@example.com',
  })
  return { counts, begun, settled, due }
}

it('so many begin in a second, however long the answers take, also from one batch to the next', async () => {
  const start = performance.now()
  const { counts, begun, due } = await run(12, 20, async () => {
    await new Promise((resolve) => setTimeout(resolve, 200))
    return { outcome: 'sent', retryAfter: null }
  })
  expect(counts).toEqual({ sent: 12, retry: 0, failed: 0, skipped: 0 })
  expect(due).toEqual([])
  // None before its turn, by clocks that are exact to a millisecond each; one after the other would take twice as long.
  for (const [place, at] of begun.entries()) expect(at - start).toBeGreaterThan(place * 50 - 3)
  expect((begun[9] ?? 0) - start).toBeLessThan(9 * 200)
})

it('once the service has too much nothing is sent, all of it waits as long as it says, and the run ends', async () => {
  const { counts, begun, settled, due } = await run(25, 100, (place) =>
    place < 3 ? { outcome: 'sent', retryAfter: null } : { outcome: 'skipped', retryAfter: 30 },
  )
  expect(begun).toHaveLength(4)
  expect(counts).toEqual({ sent: 3, retry: 0, failed: 0, skipped: 7 })
  expect(settled.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([
    ...[0, 1, 2].map((place) => ({
      workspaceId: 'WK-1',
      id: `mail-${place}`,
      outcome: 'sent',
      retryAfter: null,
    })),
    ...[3, 4, 5, 6, 7, 8, 9].map((place) => ({
      workspaceId: 'WK-1',
      id: `mail-${place}`,
      outcome: 'skipped',
      retryAfter: 30,
    })),
  ])
  expect(due).toHaveLength(15)
})
