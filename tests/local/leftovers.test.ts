import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { startMailbox } from '../../local/mail/index.ts'
import { freePorts } from '../../local/stack/index.ts'
import { runningStack, writeState } from '../../local/stack/state.ts'

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'leftovers-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

it.each([
  ['before this process began, is of another that had its number', performance.timeOrigin - 1_000, false],
  ['since, is this one', performance.timeOrigin + 1_000, true],
])('a stack that started %s', (_, startedAt, runs) => {
  const directory = folder()
  const url = 'http://127.0.0.1:1'
  writeState(directory, {
    pid: process.pid,
    startedAt: new Date(startedAt).toISOString(),
    urls: { api: url, database: url, studio: url, mailbox: url },
    beside: [],
  })
  expect(runningStack(directory) !== undefined).toBe(runs)
})

it('a mailbox that could not start comes with the next mail', async () => {
  const directory = join(folder(), 'mails')
  // Where it keeps them is a file, and then is none.
  writeFileSync(directory, '')
  const [smtpPort = 0, webPort = 0] = await freePorts(2)
  const mailbox = await startMailbox({ smtpPort, webPort, directory })
  onTestFinished(() => mailbox.stop())
  const greeting = () =>
    new Promise<string>((resolve) => {
      const socket = connect(smtpPort, '127.0.0.1')
      socket.once('data', (data) => {
        resolve(String(data).slice(0, 3))
        socket.destroy()
      })
      socket.once('error', () => undefined)
      socket.once('close', () => resolve('closed'))
    })
  expect(await greeting()).toBe('closed')
  rmSync(directory)
  expect(await greeting()).toBe('220')
}, 30_000)
