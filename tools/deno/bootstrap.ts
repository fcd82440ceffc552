// The first module of each process of a function under test: what the platform sets up before the function's own.

const [entrypoint = ''] = Deno.args
const pending = new Set<Promise<unknown>>()

Object.assign(globalThis, {
  EdgeRuntime: {
    waitUntil(work: Promise<unknown>) {
      pending.add(work)
      // As there, what rejects ends the process.
      work.finally(() => pending.delete(work))
    },
  },
})

const { serve } = Deno
let served = false
Object.assign(Deno, {
  serve(...given: unknown[]) {
    served = true
    const handler = given.find((each) => typeof each === 'function') as (
      request: Request,
    ) => Promise<Response>
    return serve(
      { hostname: '127.0.0.1', port: 0, onListen: ({ port }) => console.log(`listening ${port}`) },
      handler,
    )
  },
})

await import(entrypoint)
if (!served) {
  console.error(
    'The module called no Deno.serve: index.ts is imported here, so it must not ask import.meta.main.',
  )
  Deno.exit(1)
}
