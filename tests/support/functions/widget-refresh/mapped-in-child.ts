import { mapped } from '../../../../functions/widget-refresh/mapping.ts'

// Applies a mapping to a large answer: `<mapping> <kind of answer> <length> <whether time stands still>`.

const [mapping, kind, length, isTimeless] = process.argv.slice(2).map((text) => JSON.parse(text))
const shuffled = Array.from({ length }, (_, n) => (n * 7_919) % length)
const inLists = (value: unknown) => Array.from({ length: 500 }).reduce((inside) => [inside], value)
const answers: Record<string, () => unknown> = {
  nothing: () => null,
  numbers: () => shuffled,
  texts: () => shuffled.map(String),
  rows: () => shuffled.map((a) => ({ a })),
  keysOfLists: () => Object.fromEntries(shuffled.map((a) => [`k${a}`, [a]])),
  nestedRows: () => inLists(shuffled.map((a) => ({ a }))),
  deep: () => shuffled.reduce<unknown>((inside) => ({ a: inside }), 1),
}
const answer = answers[kind]?.()
if (isTimeless) {
  const now = Date.now()
  Date.now = () => now
}
const used = process.cpuUsage()
const outcome = await mapped(mapping, answer, { type: 'stats', query: {} }).then(
  (data) => ({ data }),
  (error: Error) => ({ error: error.message }),
)
const { user, system } = process.cpuUsage(used)
console.log(
  JSON.stringify({ ...outcome, cpu: (user + system) / 1_000, rss: process.resourceUsage().maxRSS / 1_024 }),
)
