import { expect, it } from 'vitest'
import { pointsOf } from '../../tools/demo/points.ts'
import { metricPointSchema } from '../../types/metrics.ts'
import { runDemo } from '../support/stack/command-line.ts'

// What `npm run demo` sends.

it('is points that the database takes, now and then of an order', () => {
  let ids = 0
  const time = new Date('2026-06-30T12:00:00Z')
  const newId = () => `${String(++ids).padStart(8, '0')}-demo`
  const made = Array.from({ length: 40 }, (_, n) => pointsOf({ random: () => (n % 10) / 10, newId, time }))
  const points = made.flat()
  expect(points.filter((point) => !metricPointSchema.safeParse(point).success)).toEqual([])
  expect(new Set(points.map(({ id }) => id)).size).toBe(points.length)
  expect(new Set(made.map(({ length }) => length))).toEqual(new Set([2, 9]))
})

it('says how the stack is started that it was asked to send to', async () => {
  const { code, output } = await runDemo('--port-offset', '64000').ended
  expect(code).toBe(1)
  expect(output).toContain('start it with "npm start -- --port-offset 64000"')
})
