import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { signer } from '../../../functions/integration-deliver/signature.ts'
import { freePorts } from '../../../local/stack/index.ts'

// The receiver that docs/integrations.md shows, as it stands there, with messages as the function signs them.

const root = join(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'receiver-'))
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
let receiver: ChildProcess
let url: string
let said = ''

beforeAll(async () => {
  const [, code = ''] =
    /```ts\n((?:(?!```)[\s\S])*standardwebhooks[\s\S]*?)^```$/m.exec(
      readFileSync(join(root, 'docs/integrations.md'), 'utf8'),
    ) ?? []
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(
    join(folder, 'receiver.ts'),
    code.replace("'b-dashboard-backend'", JSON.stringify(join(root, 'types/index.ts'))),
  )
  const [port = 0] = await freePorts(1)
  url = `http://127.0.0.1:${port}`
  receiver = spawn(process.execPath, [join(folder, 'receiver.ts')], {
    env: { ...process.env, WEBHOOK_SECRET: secret, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  receiver.stdout?.on('data', (chunk) => {
    said += chunk
  })
  await vi.waitFor(() => fetch(url), { timeout: 20_000, interval: 100 })
}, 30_000)
afterAll(() => {
  receiver.kill()
  rmSync(folder, { recursive: true })
})

const body = JSON.stringify({
  type: 'view.created',
  timestamp: '2026-11-26T10:00:00.000Z',
  data: { workspaceId: 'WK-DEM000001', kind: 'view', id: 'the-view', changed: [], actor: 'user' },
})
const send = async (id: string, { secrets = [secret], sent = body } = {}) => {
  const headers = await (await signer(secrets))(id, body)
  return (await fetch(url, { method: 'POST', body: sent, headers })).status
}

it('takes what is signed, once', async () => {
  const before = said
  expect(await send('one')).toBe(204)
  await expect.poll(() => said).toBe(`${before}view.created the-view\n`)
  expect(await send('one')).toBe(204)
  expect(await send('one', { secrets: [`whsec_${Buffer.alloc(32, 9).toString('base64')}`] })).toBe(401)
  expect(said).toBe(`${before}view.created the-view\n`)
})

it('takes what is signed by another secret too, while they are rotated', async () => {
  const another = `whsec_${Buffer.alloc(32, 8).toString('base64')}`
  const before = said
  expect(await send('two', { secrets: [another, secret] })).toBe(204)
  await expect.poll(() => said).toBe(`${before}view.created the-view\n`)
  expect(await send('three', { secrets: [another] })).toBe(401)
})

it('refuses what was changed on the way, and what nobody signed', async () => {
  expect(await send('four', { sent: body.replace('the-view', 'another') })).toBe(401)
  expect((await fetch(url, { method: 'POST', body })).status).toBe(401)
  expect(said).not.toContain('another')
})
