import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { readArguments, runCommand } from '../local/command-line/index.ts'
import { messageOf, StackError, stackLocation } from '../local/stack/index.ts'
import { type Stack, startStack } from '../local/stack.ts'
import { measureChat } from './ai-chat.ts'
import { measureAnalytics } from './analytics.ts'
import { measureAudit } from './audit.ts'
import { measureBilling } from './billing.ts'
import { measureConversations } from './conversations.ts'
import { measureDashboards } from './dashboards.ts'
import { measureDataApiParsing } from './data-api-parsing.ts'
import { measureDeliveries } from './deliveries.ts'
import { measureEntitlements } from './entitlements.ts'
import { measureFiles } from './files.ts'
import { measureFunctions } from './functions.ts'
import { measureGatewayRead } from './gateway/index.ts'
import { measureGrowth } from './growth/index.ts'
import { measureMappings } from './mappings.ts'
import { measureMarketplace } from './marketplace.ts'
import { measureMetrics } from './metrics.ts'
import { measureRateLimits } from './rate-limits.ts'
import { measureRealtime } from './realtime/index.ts'
import { type Measurement, report } from './report.ts'
import { measureRowLevelSecurity } from './row-level-security.ts'
import { measureSearch } from './search.ts'
import { measurePeople } from './session-context.ts'
import { measureStartup } from './startup.ts'
import { measureThemes } from './themes.ts'
import { measureTransfer } from './transfer.ts'
import { measureWidgetData } from './widget-data.ts'

const root = join(import.meta.dirname, '..')
const portOffset = 1000

interface Part {
  name: string
  title: string
  measure(stack: Stack): Promise<Measurement[]>
}

/** In this order: dashboards are measured among the people. */
const parts: Part[] = [
  { name: 'gateway', title: 'reads through the gateway', measure: measureGatewayRead },
  { name: 'parsing', title: 'reading and planning requests of the Data API', measure: measureDataApiParsing },
  { name: 'functions', title: 'calls of functions', measure: measureFunctions },
  { name: 'realtime', title: 'Realtime', measure: measureRealtime },
  { name: 'policies', title: 'row-level security at 1,000,000 rows', measure: measureRowLevelSecurity },
  { name: 'people', title: 'people: 50,000 in 10,000 workspaces', measure: measurePeople },
  { name: 'themes', title: 'themes', measure: measureThemes },
  { name: 'dashboards', title: 'dashboards: 1,000,000 widgets', measure: measureDashboards },
  { name: 'transfer', title: 'a dashboard of 12,000 widgets that moves', measure: measureTransfer },
  { name: 'audit', title: 'the audit log at 1,000,000 entries', measure: measureAudit },
  { name: 'widget-data', title: 'an hour of 1,000 people at 100 dashboards', measure: measureWidgetData },
  { name: 'mappings', title: 'mappings of foreign answers', measure: measureMappings },
  { name: 'metrics', title: 'metrics at 11,000,000 points', measure: measureMetrics },
  { name: 'conversations', title: 'conversations: 100,000 messages', measure: measureConversations },
  { name: 'marketplace', title: 'a marketplace of 50,000 listings', measure: measureMarketplace },
  { name: 'ai-chat', title: 'answers of agents', measure: measureChat },
  { name: 'deliveries', title: 'deliveries of events', measure: measureDeliveries },
  { name: 'search', title: 'a search among 100,000 things', measure: measureSearch },
  { name: 'limits', title: 'limits of use', measure: measureRateLimits },
  { name: 'billing', title: 'billing and the ledger of use', measure: measureBilling },
  { name: 'analytics', title: 'analytics and measures at 10,000 workspaces', measure: measureAnalytics },
  { name: 'files', title: 'files: 200,000 in two buckets', measure: measureFiles },
  { name: 'plans', title: 'what plans allow', measure: measureEntitlements },
]

/** Of Realtime: what is measured is the server, and not what a project may do. */
const withoutLimits = { clients: 2000, joinsPerSecond: 1e6, messagesPerSecond: 1e6 }

const known = ['startup', ...parts.map(({ name }) => name), 'growth']

const usage = `Usage: npm run bench [-- NAME …]   measures what is named, or everything

  ${known.join(', ')}`

/** Runs the named benchmarks, or all, on a stack of their own and says whether every budget is kept. */
async function main(names: string[]): Promise<boolean> {
  const unknown = names.find((name) => !known.includes(name))
  if (unknown) throw new StackError(`There is no benchmark "${unknown}".\n${usage}`)
  const isWanted = (name: string) => names.length === 0 || names.includes(name)

  const measurements: Measurement[] = []
  const failed: string[] = []
  if (isWanted('startup')) {
    progress('start-up and memory')
    measurements.push(...(await measureStartup(root)))
  }
  const { installations } = stackLocation(root, 0)
  const directory = join(installations, `bench-${process.pid}`)
  let stack: Stack | undefined
  try {
    const location = { installations, directory }
    stack = await startStack({ root, portOffset, location, realtimeLimits: withoutLimits })
    for (const { name, title, measure } of parts) {
      if (!isWanted(name)) continue
      progress(title)
      try {
        measurements.push(...(await measure(stack)))
      } catch (error) {
        // What the others say is worth the minutes that they took.
        failed.push(`${title}: ${messageOf(error)}`)
      }
    }
    let isKept = report(measurements) && failed.length === 0
    for (const line of failed) console.error(`Not measured: ${line}`)
    if (isWanted('growth'))
      for await (const table of measureGrowth(stack, progress)) {
        console.log(table.markdown)
        isKept &&= table.kept
      }
    return isKept
  } finally {
    await stack?.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

function progress(what: string): void {
  console.error(`Measuring ${what} …`)
}

await runCommand(async () => {
  if (!(await main(readArguments(usage).words))) process.exitCode = 1
})
