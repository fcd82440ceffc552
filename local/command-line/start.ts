import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { keysFile, readProject } from '../config/index.ts'
import { stopLeftOver } from '../postgres/index.ts'
import { readBeside, runningStack, StackError, stackLocation } from '../stack/index.ts'
import type { Stack } from '../stack.ts'
import { demoAccounts } from './accounts.ts'
import { showStep } from './steps.ts'
import { summaryTable } from './summary.ts'

/** `npm start`: starts the stack, shows how, and stays until it is told to stop. */
export async function start(root: string, portOffset: number, asked: string[] = []): Promise<void> {
  const stopAsked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
    // Nobody reads the output any more, as after `npm start | head`.
    for (const output of [process.stdout, process.stderr]) output.on('error', () => resolve())
  })
  // Loaded here and not above: every other command, and each tool of the project, would wait for the whole stack.
  const { startStack } = await import('../stack.ts')
  const stack = await startStack({ root, portOffset, step: showStep, beside: true, with: asked })
  try {
    show(root, stack)
    await showOffers(root, portOffset, asked)
    const fault = await Promise.race([stopAsked, stack.ended])
    if (fault) throw new StackError(`${fault} The rest was stopped; "npm start" starts it again.`)
  } finally {
    await stopped(stack)
  }
}

/** `npm run reset`: throws the data away and starts clean; the keys stay, which front ends are set up with. */
export async function reset(root: string, portOffset: number, asked: string[] = []): Promise<void> {
  const { directory } = stackLocation(root, portOffset)
  const running = runningStack(directory)
  if (running)
    throw new StackError(
      `The stack runs (process ${running.pid}): stop it with Ctrl-C before you reset its data.`,
    )
  await showStep('Dropping the data', async () => {
    await stopLeftOver(`${directory}/postgres/data`)
    for (const name of existsSync(directory) ? readdirSync(directory) : [])
      if (name !== keysFile) rmSync(join(directory, name), { recursive: true, force: true })
  })
  await start(root, portOffset, asked)
}

/** Stops the stack, also where showing it fails, as in a terminal that is gone. */
async function stopped(stack: Stack): Promise<void> {
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= stack.stop()
    return stopping
  }
  try {
    await showStep('Stopping', stop)
  } finally {
    await stop()
  }
}

function show(root: string, stack: Stack): void {
  console.log(
    summaryTable({
      urls: stack.urls,
      beside: stack.beside,
      keys: stack.keys,
      directory: stack.directory,
      accounts: demoAccounts(root, readProject(root)),
    }),
  )
  for (const warning of stack.warnings) console.warn(warning)
  console.log('The stack runs. Stop it with Ctrl-C.')
}

/** Tells what else could run beside the stack. */
async function showOffers(root: string, portOffset: number, asked: string[]): Promise<void> {
  // The command as it stands: without the offset it would start another stack.
  const start = portOffset === 0 ? 'npm start --' : `npm start -- --port-offset ${portOffset}`
  for (const { option, title } of await readBeside(root, portOffset))
    if (option && !asked.includes(option)) console.log(`"${start} --with ${option}" adds: ${title}.`)
}
