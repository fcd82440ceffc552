import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { freePorts, stackLocation } from '../local/stack/index.ts'
import { startStack } from '../local/stack.ts'
import type { Measurement } from './report.ts'
import { absolute, sampled } from './samples.ts'

const checkout = join(import.meta.dirname, '..')
const entrypoint = 'supabase/functions/hello/index.ts'

/** It has no work of its own, and the imports that most functions have. */
const hello = `import * as z from 'zod'
const greeting = z.object({ hello: z.string() })
Deno.serve(() => Response.json(greeting.parse({ hello: 'world' })))
`

/** A call of a function through the gateway of a stack of its own: with a process that runs, and without. */
export async function measureFunctions(): Promise<Measurement[]> {
  const root = mkdtempSync(join(tmpdir(), 'bench-functions-'))
  const { installations } = stackLocation(checkout, 0)
  const location = { installations, directory: join(installations, `bench-functions-${process.pid}`) }
  try {
    await writeProject(root)
    const stack = await startStack({ root, location })
    const call = () => timedCall(`${stack.urls.api}/functions/v1/hello`, stack.keys.anonKey)
    try {
      const warm = await sampled({ rounds: 300, warmUp: 50 }, call)
      const cold = await sampled({ rounds: 20, warmUp: 2 }, async (round) => {
        // The file is another from now on, and with it the process.
        const changed = new Date(Date.now() + round)
        utimesSync(join(root, entrypoint), changed, changed)
        return call()
      })
      return [absolute('warm call of a function', warm, 10), absolute('cold call of a function', cold, 600)]
    } finally {
      await stack.stop()
    }
  } finally {
    for (const folder of [root, location.directory]) rmSync(folder, { recursive: true, force: true })
  }
}

async function timedCall(url: string, token: string): Promise<number> {
  const begun = performance.now()
  const response = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
  const text = await response.text()
  if (text !== '{"hello":"world"}') throw new Error(`The function answered ${response.status}: ${text}`)
  return performance.now() - begun
}

async function writeProject(root: string): Promise<void> {
  const [api, database, studio, mailbox, smtp] = await freePorts(5)
  const files = {
    'package.json': '{ "dependencies": { "zod": "*" } }',
    [entrypoint]: hello,
    'supabase/config.toml': `[api]
port = ${api}
[db]
port = ${database}
[db.seed]
enabled = false
[studio]
port = ${studio}
[local_smtp]
port = ${mailbox}
smtp_port = ${smtp}
`,
  }
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), content)
  }
  symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'))
}
