import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { stackLocation } from '../local/stack/index.ts'
import { type Stack, startStack } from '../local/stack.ts'
import { measureAudit } from './audit.ts'
import { measureDashboards } from './dashboards.ts'
import { measureGatewayRead } from './gateway-read.ts'
import { type Measurement, report } from './report.ts'
import { measureRowLevelSecurity } from './row-level-security.ts'
import { measurePeople } from './session-context.ts'
import { measureStartup } from './startup.ts'
import { measureThemes } from './themes.ts'

const root = join(import.meta.dirname, '..')
const portOffset = 1000

/** Runs every benchmark on a stack of its own and exits with 1 when a budget is missed. */
async function main(): Promise<boolean> {
  const measurements: Measurement[] = []
  progress('start-up and memory')
  measurements.push(...(await measureStartup(root)))
  const { installations } = stackLocation(root, 0)
  const directory = join(installations, `bench-${process.pid}`)
  let stack: Stack | undefined
  try {
    stack = await startStack({ root, portOffset, location: { installations, directory } })
    progress('a read through the gateway')
    measurements.push(...(await measureGatewayRead(stack)))
    progress('row-level security at 1,000,000 rows')
    measurements.push(...(await measureRowLevelSecurity(stack)))
    progress('people: 50,000 in 10,000 workspaces')
    measurements.push(...(await measurePeople(stack)))
    progress('themes')
    measurements.push(...(await measureThemes(stack)))
    progress('dashboards: 1,000,000 widgets')
    measurements.push(...(await measureDashboards(stack)))
    progress('the audit log at 1,000,000 entries')
    measurements.push(...(await measureAudit(stack)))
  } finally {
    await stack?.stop()
    rmSync(directory, { recursive: true, force: true })
  }
  return report(measurements)
}

function progress(what: string): void {
  console.error(`Measuring ${what} …`)
}

process.exitCode = (await main()) ? 0 : 1
