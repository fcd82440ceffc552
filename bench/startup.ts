import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stackLocation } from '../local/stack/index.ts'
import { memoryOf } from './memory.ts'
import type { Measurement } from './report.ts'

const idleMilliseconds = 3_000

/**
 * The time from the command to the printed table, on a checkout without data and on one with, and the memory of
 * every process once the stack idles. It runs in a copy of the checkout, so that both starts are honest.
 */
export async function measureStartup(root: string): Promise<Measurement[]> {
  const checkout = mkdtempSync(join(tmpdir(), 'bench-checkout-'))
  try {
    await copyCheckout(root, checkout)
    const first = await timedStart(checkout)
    const later = await timedStart(checkout)
    return [
      {
        name: 'first start',
        figure: `${first.seconds.toFixed(1)} s`,
        limit: '',
        value: first.seconds,
        budget: { atMost: 15 },
      },
      {
        name: 'later start',
        figure: `${later.seconds.toFixed(1)} s`,
        limit: '',
        value: later.seconds,
        budget: { atMost: 4 },
      },
      {
        name: 'idle memory, all processes',
        figure: `${first.memory.toFixed(0)} MB`,
        limit: '',
        value: first.memory,
        budget: { atMost: 550 },
      },
    ]
  } finally {
    for (const folder of [stackLocation(checkout, 0).installations, checkout])
      rmSync(folder, { recursive: true, force: true })
  }
}

async function timedStart(checkout: string): Promise<{ seconds: number; memory: number }> {
  const begun = performance.now()
  const stack = spawn('npm', ['start', '--', '--port-offset', '2000'], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await printed(stack, 'The stack runs.')
  const seconds = (performance.now() - begun) / 1000
  await sleep(idleMilliseconds)
  const memory = await memoryOf(stack.pid ?? 0)
  stack.kill('SIGTERM')
  await once(stack, 'exit')
  return { seconds, memory }
}

function printed(child: ChildProcess, wanted: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (chunk) => {
      text += chunk
      if (text.includes(wanted)) resolve()
    })
    child.once('exit', (code) => reject(new Error(`The stack ended with ${code} before it ran:\n${text}`)))
  })
}

async function copyCheckout(root: string, target: string): Promise<void> {
  const git = spawn(
    'sh',
    [
      '-c',
      'git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf - | tar -xf - -C "$1"',
      'sh',
      target,
    ],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
  await once(git, 'exit')
  const link = spawn('ln', ['-s', join(root, 'node_modules'), join(target, 'node_modules')], {
    stdio: 'inherit',
  })
  await once(link, 'exit')
}
