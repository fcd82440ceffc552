/*
 * The life of a function's process: who replaces it, and what it may still do then.
 */
import { expect, it } from 'vitest'
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
