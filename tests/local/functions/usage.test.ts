import { expect, it } from 'vitest'
import { usageOf } from '../../../local/services/functions/usage.ts'

it('what a process uses is what it says of itself', async () => {
  for (const end = performance.now() + 1_000; performance.now() < end; );
  const { user, system } = process.cpuUsage()
  const usage = await usageOf(process.pid)
  expect((usage?.cpuMilliseconds ?? 0) / ((user + system) / 1_000)).toBeCloseTo(1, 1)
  expect(usage?.memoryBytes).toBeGreaterThan(process.memoryUsage().heapUsed)
  expect(usage?.memoryBytes).toBeLessThanOrEqual(1.5 * process.memoryUsage.rss())
})

it('what a process that has ended uses is not known', async () => {
  // Larger than the id of any process.
  expect(await usageOf(2 ** 30)).toBeUndefined()
})
