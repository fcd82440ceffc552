import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@supabase/supabase-js'
import { readArguments, requireRunning, runCommand } from '../../local/command-line/index.ts'
import { loadKeys } from '../../local/config/index.ts'
import { StackError } from '../../local/stack/index.ts'
import type { ServerDatabase } from '../../types/api.ts'
import { pointsOf } from './points.ts'

// Keeps points of metrics coming into the workspace Demo of a running stack, as a server with the secret key would.

const usage = `Usage: npm run demo [-- --port-offset N]   sends metrics to the workspace Demo until Ctrl-C`

const root = join(import.meta.dirname, '../..')
const workspace_id = 'WK-DEM000001'
const everyMilliseconds = 2_000

await runCommand(async () => {
  const { words, options } = readArguments(usage, { 'port-offset': { type: 'string' } })
  const offset = Number(options['port-offset'] ?? 0)
  if (words.length > 0 || !Number.isInteger(offset)) throw new StackError(usage)
  const { stack, directory } = requireRunning(root, offset)
  const { secretKey } = await loadKeys(directory)
  const supabase = createClient<ServerDatabase>(stack.urls.api, secretKey, {
    auth: { persistSession: false },
  })
  const stopped = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopped.abort())
  console.log('Sending metrics to the workspace Demo until Ctrl-C …')
  while (!stopped.signal.aborted) {
    const time = new Date()
    const points = pointsOf({ random: Math.random, newId: () => crypto.randomUUID(), time })
    const { error } = await supabase.rpc('ingest_metrics', { workspace_id, points })
    if (error) throw new StackError(`Demo takes no metrics: ${error.message}`)
    for (const { key, value } of points)
      if (key === 'revenue') console.log(`${time.toLocaleTimeString()}  an order of ${value}`)
    await sleep(everyMilliseconds, undefined, { signal: stopped.signal }).catch(() => undefined)
  }
})
