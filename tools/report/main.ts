import { createClient } from '@supabase/supabase-js'
import { readArguments, runCommand } from '../../local/command-line/index.ts'
import { StackError } from '../../local/stack/index.ts'
import type { ServerDatabase } from '../../types/api.ts'
import { operatorReportSchema } from '../../types/operator.ts'
import { reportPage } from './page.ts'

// Writes the operator's report of the last days as a page, as a server with the secret key.

const usage = `Usage: npm run --silent report -- [DAYS] > report.html   the last days (1 to 400; without it 30),
       with the variables SUPABASE_URL and SUPABASE_SECRET_KEY`

await runCommand(async () => {
  const { words } = readArguments(usage)
  const [days = 30] = words.map(Number)
  const { SUPABASE_URL: url, SUPABASE_SECRET_KEY: key } = process.env
  if (words.length > 1 || !Number.isInteger(days) || days < 1 || days > 400 || !url || !key)
    throw new StackError(usage)
  const dayOf = (before: number) => new Date(Date.now() - before * 86_400_000).toISOString().slice(0, 10)
  const server = createClient<ServerDatabase>(url, key, { auth: { persistSession: false } })
  const { data, error } = await server.rpc('operator_report', { from_day: dayOf(days), to_day: dayOf(1) })
  if (error) throw new StackError(`There is no report: ${error.message}`)
  process.stdout.write(reportPage(operatorReportSchema.parse(data)))
})
