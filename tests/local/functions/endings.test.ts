/*
 * How processes end that do not start, fall, or use more than they may: the call is answered as on the platform, and
 * the next one finds a process that works.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { FunctionProcess } from '../../../local/services/functions/function-process.ts'
import { platformLimits } from '../../../local/services/functions/limits.ts'
import { type ServedFunctions, serveFunctionsOf } from '../../support/stack/functions.ts'

const falling = `
Deno.serve(async (request) => {
  switch (new URL(request.url).pathname) {
    case '/falling/crash':
      setTimeout(() => { throw new Error('fallen') })
      return new Promise(() => undefined)
    case '/falling/exit':
      return Deno.exit(3)
    case '/falling/loop':
      for (;;);
    case '/falling/memory': {
      const held = []
      for (;;) {
        held.push(new Uint8Array(1e7).fill(1))
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
    case '/falling/halfway':
      return new Response(new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode('half')),
        pull: () => new Promise(() => setTimeout(() => Deno.exit(0), 20)),
      }))
    default:
      return new Response('well')
  }
})
`

const serve = "Deno.serve(() => new Response('well'))"

let served: ServedFunctions

beforeAll(async () => {
  served = await serveFunctionsOf(
    {
      falling,
      'not-parsed': 'Deno.serve((',
      'throws-at-once': "console.log('begins')\nthrow new Error('no start')",
      'missing-import': `import './missing.ts'\n${serve}`,
      'not-installed': `import 'npm:is-not-installed@1.0.0'\n${serve}`,
      'from-the-network': `import 'https://127.0.0.1:9/module.ts'\n${serve}`,
      'serves-nothing': 'console.log(1)',
      busy: `let spent = 0
Deno.serve(() => {
  for (const end = performance.now() + 150; performance.now() < end;) spent++
  return new Response('done')
})`,
    },
    { limits: { cpuMilliseconds: 500 } },
  )
})

afterAll(() => served[Symbol.asyncDispose]())

/** Has a process of its own: the calls of one test do not fall with those of another. */
async function withFalling<T>(work: (own: ServedFunctions) => Promise<T>): Promise<T> {
  await using own = await serveFunctionsOf({ falling }, { limits: { cpuMilliseconds: 500 } })
  return await work(own)
}

async function answer(own: ServedFunctions, path: string): Promise<[number, string]> {
  const response = await own.call(path)
  return [response.status, ((await response.json()) as { code: string }).code]
}

describe('503 BOOT_ERROR', () => {
  it.each([
    ['not-parsed', /functions\/not-parsed\/index\.ts:1:/],
    ['throws-at-once', /Error: no start\n/],
    ['missing-import', /missing\.ts/],
    ['not-installed', /is-not-installed/],
    ['from-the-network', /127\.0\.0\.1:9/],
    ['serves-nothing', /did not start: Deno\.serve was not called\.$/],
  ])('answers for %s, and the log says why', async (name, line) => {
    expect(await answer(served, name)).toEqual([503, 'BOOT_ERROR'])
    expect(served.lines.filter((text) => text.startsWith(`${name}: `)).join('\n')).toMatch(line)
  })

  it('answers where nothing comes of the start', async () => {
    const slow = 'await new Promise((resolve) => setTimeout(resolve, 60_000))'
    await using own = await serveFunctionsOf({ slow }, { limits: { bootMilliseconds: 500 } })
    expect(await answer(own, 'slow')).toEqual([503, 'BOOT_ERROR'])
    expect(own.lines).toEqual(['slow: The process was ended: it has not called Deno.serve for 0.5 s.'])
  })

  it('says once why a program cannot be run, and watches no process', async () => {
    const [config] = Object.values(served.config.functions)
    if (!config) throw new Error('There is no function')
    const watched = vi.spyOn(globalThis, 'setInterval')
    const lines: string[] = []
    const started = new FunctionProcess({
      root: served.project.root,
      config,
      deno: '/nowhere/deno',
      env: {},
      limits: platformLimits,
      log: (line) => lines.push(line),
    })
    expect(await started.ended).toBe('boot')
    await started.ready
    // What is told of its end comes after what is told of its failure.
    for (let turns = 0; turns < 10; turns += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(lines).toEqual(['The process did not start: spawn /nowhere/deno ENOENT.'])
    expect(watched).not.toHaveBeenCalled()
    watched.mockRestore()
  })

  it('answers no longer once the function is mended', async () => {
    await using own = await serveFunctionsOf({ broken: 'Deno.serve((' })
    expect(await answer(own, 'broken')).toEqual([503, 'BOOT_ERROR'])
    own.project.write('functions/broken/index.ts', serve)
    expect(await (await own.call('broken')).text()).toBe('well')
  })
})

describe('500 WORKER_ERROR', () => {
  it.each([
    ['crash', /ended by itself: exit code 1\.$/],
    ['exit', /ended by itself: exit code 3\.$/],
  ])('answers a call that ends the process (%s), and the next call finds another', async (how, line) =>
    withFalling(async (own) => {
      expect(await answer(own, `falling/${how}`)).toEqual([500, 'WORKER_ERROR'])
      expect(own.lines.join('\n')).toMatch(line)
      expect(await (await own.call('falling')).text()).toBe('well')
    }),
  )

  it('cannot be told any more where the answer has begun: it breaks', async () =>
    withFalling(async (own) => {
      const response = await own.call('falling/halfway')
      expect(response.status).toBe(200)
      await expect(response.text()).rejects.toThrow()
    }))
})

describe('546 WORKER_LIMIT', () => {
  it.each([
    ['memory', /has used more than 256 MB of memory\.$/],
    ['loop', /has used 0\.5 s of CPU time without answering\.$/],
  ])('answers a call that uses too much (%s), and the next call finds another process', async (what, line) =>
    withFalling(async (own) => {
      expect(await answer(own, `falling/${what}`)).toEqual([546, 'WORKER_LIMIT'])
      expect(own.lines.join('\n')).toMatch(line)
      expect(await (await own.call('falling')).text()).toBe('well')
    }),
  )

  it('does not answer many calls that use little each', async () => {
    for (let call = 0; call < 6; call += 1) expect((await served.call('busy')).status).toBe(200)
  })
})

it('504 answers where nothing comes', async () => {
  const silent = 'Deno.serve(() => new Promise(() => undefined))'
  await using own = await serveFunctionsOf({ silent }, { limits: { idleMilliseconds: 300 } })
  expect(await answer(own, 'silent')).toEqual([504, 'IDLE_TIMEOUT'])
})
