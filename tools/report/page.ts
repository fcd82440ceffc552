import type { OperatorReport } from '../../types/operator.ts'

// The operator's report as one page of HTML, without scripts or anything from elsewhere.

type Day = OperatorReport['days'][number]

const columns: [title: string, of: (day: Day) => number][] = [
  ['Registrations', (day) => day.registrations],
  ['Active people', (day) => day.activePeople],
  ['Active workspaces', (day) => day.activeWorkspaces],
  ['Opened views', (day) => day.viewsOpened],
  ['Errors', (day) => day.errors],
  ['People using AI', (day) => day.ai.people],
  ['AI calls', (day) => day.ai.calls],
  ['AI credits', (day) => day.ai.credits],
  ['Premium workspaces', (day) => day.premiumWorkspaces],
  ['Tickets opened', (day) => day.tickets.opened],
  ['First answers', (day) => day.tickets.firstAnswered],
]
const format = new Intl.NumberFormat('en', { maximumFractionDigits: 2 })

/** A report as a page. */
export function reportPage({ from, to, days, nps }: OperatorReport): string {
  const last = days.at(-1)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Report ${escaped(from)} to ${escaped(to)}</title>
<style>
  body { margin: 2rem auto; max-width: 80rem; font: 0.9rem/1.5 system-ui, sans-serif }
  table { border-collapse: collapse; margin: 1rem 0 }
  th, td { padding: 0.2rem 0.7rem; border-bottom: 1px solid #ccc; text-align: right }
  th:first-child, td:first-child { text-align: left }
</style>
<h1>Report</h1>
<p>${escaped(from)} to ${escaped(to)}, ${days.length} days that are counted. Days are those of UTC.</p>
${table(
  ['Day', ...columns.map(([title]) => title)],
  days.map((day) => [day.day, ...columns.map(([, of]) => format.format(of(day)))]),
)}
<h2>People using each feature</h2>
${adoption(days)}
<h2>What premium is used for</h2>
${table(
  ['Feature', 'Workspaces'],
  Object.entries(last?.premiumUse ?? {}).map(([name, count]) => [name, format.format(count)]),
)}
<h2>How likely people are to recommend it</h2>
${table(
  ['Quarter', 'Answers', 'Score', '9 and 10', '7 and 8', '0 to 6'],
  nps.map(({ quarter, answers, score, promoters, passives, detractors }) => [
    quarter,
    ...[answers, score, promoters, passives, detractors].map((number) =>
      number === null ? 'too few' : format.format(number),
    ),
  ]),
)}
</html>
`
}

/** The most people of a day, and the mean of all days, by feature. */
function adoption(days: Day[]): string {
  const names = [...new Set(days.flatMap(({ features }) => Object.keys(features)))].sort()
  return table(
    ['Feature', 'Most in a day', 'Mean of a day'],
    names.map((name) => {
      const counts = days.map(({ features }) => features[name] ?? 0)
      const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
      return [name, format.format(Math.max(...counts)), format.format(mean)]
    }),
  )
}

function table(head: string[], rows: string[][]): string {
  if (rows.length === 0) return '<p>Nothing yet.</p>'
  const line = (cells: string[], tag: 'th' | 'td') =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`
  return `<table>\n${[line(head, 'th'), ...rows.map((row) => line(row, 'td'))].join('\n')}\n</table>`
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
