/*
 * The life of a function's process: who replaces it, and what it may still do then.
 */
import { mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, inject, it } from 'vitest'
import { watchGraph } from '../../../local/services/functions/graph.ts'
import { descendants, isAlive } from '../../support/stack/command-line.ts'
import { serveFunctionsOf } from '../../support/stack/functions.ts'

/** Answers with its process, its imports, and a variable; takes its time where it is asked to. */
const told = (word: string) => `
import { helper } from './helper.ts'
Deno.serve(async (request) => {
  const { searchParams } = new URL(request.url)
  await new Promise((resolve) => setTimeout(resolve, Number(searchParams.get('wait'))))
  if (searchParams.has('later')) EdgeRuntime.waitUntil(
    new Promise((resolve) => setTimeout(resolve, 300)).then(() => console.log('did it later')))
  return Response.json({ word: '${word}', helper, own: Deno.env.get('OWN'), process: Deno.env.get('SB_EXECUTION_ID') })
})
`
const helper = (word: string) => `export const helper = '${word}'`

interface Told {
  word: string
  helper: string
  own?: string
  process: string
}

const startTold = (limits = {}) =>
  serveFunctionsOf({ told: told('one') }, { files: { 'functions/told/helper.ts': helper('one') }, limits })

it.each<[string, string, string, Partial<Told>]>([
  ['its entrypoint', 'functions/told/index.ts', told('two'), { word: 'two' }],
  ['a file that it imports', 'functions/told/helper.ts', helper('two'), { helper: 'two' }],
  ['its variables', 'functions/.env', 'OWN=two', { own: 'two' }],
])('is replaced when %s changes', async (_what, file, content, expected) => {
  await using served = await startTold()
  const before = await served.read<Told>('told')
  expect(before).toMatchObject({ word: 'one', helper: 'one' })
  served.project.write(file, content)
  await expect.poll(() => served.read<Told>('told')).toMatchObject(expected)
  const after = await served.read<Told>('told')
  expect(after.process).not.toBe(before.process)
  // Nothing has changed since.
  expect((await served.read<Told>('told')).process).toBe(after.process)
})

it('ends the calls that it has, and its work behind them, after it was replaced', async () => {
  await using served = await startTold()
  const { process } = await served.read<Told>('told')
  const slow = served.read<Told>('told?wait=500&later')
  served.project.write('functions/told/index.ts', told('two'))
  expect((await served.read<Told>('told')).word).toBe('two')
  expect(await slow).toMatchObject({ word: 'one', process })
  await expect.poll(() => served.lines).toContain('told: did it later')
})

it('ends by itself once it was replaced and has nothing to do', async () => {
  const before = new Set(await descendants(process.pid))
  await using served = await startTold()
  await served.read<Told>('told')
  const replaced = (await descendants(process.pid)).filter((pid) => !before.has(pid))
  expect(replaced).not.toEqual([])
  served.project.write('functions/told/index.ts', told('two'))
  await expect.poll(() => served.read<Told>('told')).toMatchObject({ word: 'two' })
  await expect.poll(() => replaced.filter(isAlive), { timeout: 5_000 }).toEqual([])
  // Nor was it ended, for the time that it took or what it used.
  expect(served.lines).toEqual([])
})

it('is ended where it goes on too long after it was replaced', async () => {
  await using served = await startTold({ retirementMilliseconds: 300 })
  await served.read<Told>('told')
  const slow = served.call('told?wait=60000')
  served.project.write('functions/told/index.ts', told('two'))
  await served.read<Told>('told')
  expect((await slow).status).toBe(546)
})

it('takes no more calls from half of its wall-clock time on, and ends with it', async () => {
  await using served = await startTold({ wallClockMilliseconds: 4_000 })
  const { process } = await served.read<Told>('told')
  const slow = served.call('told?wait=60000')
  await expect.poll(async () => (await served.read<Told>('told')).process).not.toBe(process)
  expect((await slow).status).toBe(546)
  expect(served.lines).toContainEqual('told: The process was ended: it has lived 4 s.')
})

it('is not there before the first call, is there once for many, and goes with the stack', async () => {
  const before = new Set(await descendants(process.pid))
  const started = async () => (await descendants(process.pid)).filter((pid) => !before.has(pid))
  const served = await startTold()
  try {
    expect(await started()).toEqual([])
    const answers = await Promise.all([1, 2, 3, 4].map(() => served.read<Told>('told')))
    expect(new Set(answers.map(({ process }) => process)).size).toBe(1)
  } finally {
    await served[Symbol.asyncDispose]()
  }
  await expect.poll(async () => (await started()).filter(isAlive)).toEqual([])
})

it('leaves no timer behind, for which the stack would wait before it ends', async () => {
  /** Of several looks, since the test runner waits for something now and then. */
  const fewestTimers = async () => {
    const counts: number[] = []
    for (let look = 0; look < 20; look += 1) {
      await sleep(20)
      counts.push(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length)
    }
    return Math.min(...counts)
  }
  const before = await fewestTimers()
  const served = await startTold()
  try {
    await served.read<Told>('told')
  } finally {
    await served[Symbol.asyncDispose]()
  }
  expect(await fewestTimers()).toBeLessThanOrEqual(before)
})

it('has files that are looked after from its start on, and packages that are not', async () => {
  const root = mkdtempSync(join(inject('scratch'), 'graph-'))
  const [own, imported, ofPackage] = ['own.ts', 'imported.ts', 'node_modules/a.js'].map((name) =>
    join(root, name),
  ) as [string, string, string]
  const files = [own, imported, ofPackage]
  mkdirSync(join(root, 'node_modules'))
  for (const file of files) writeFileSync(file, '')
  /** Whether it notices what changes before it is known which files there are, and after. */
  const notices = async (before: [file: string, time: number][], after: string[] = []) => {
    for (const file of files) utimesSync(file, 1_000, 1_000)
    const { promise, resolve } = Promise.withResolvers<void>()
    const modules = [...files.map((local) => ({ local })), { local: null }]
    const graph = watchGraph({
      deno: process.execPath,
      arguments: ['-e', `console.log(${JSON.stringify(JSON.stringify({ modules }))})`],
      env: {},
      directory: root,
      others: [own],
      after: promise,
    })
    for (const [file, time] of before) utimesSync(file, time, time)
    resolve()
    await graph.known
    for (const file of after) utimesSync(file, 2_000, 2_000)
    return graph.hasChanged()
  }
  const soon = Date.now() / 1000 + 60
  expect(await notices([[ofPackage, soon]], [ofPackage])).toBe(false)
  expect(await notices([[imported, soon]])).toBe(true)
  expect(await notices([], [imported])).toBe(true)
  // What is brought back from before is another file, though it is older.
  expect(await notices([[own, 500]])).toBe(true)
})
