import { loadKeys, readProject } from '../config/index.ts'
import { demoAccounts } from './accounts.ts'
import { requireRunning } from './running.ts'
import { summaryTable } from './summary.ts'
import { asEnvironment, statusVariables } from './variables.ts'

/** How `status` prints: a table for people, or what `supabase status -o` prints for programs. */
export type StatusFormat = 'pretty' | 'json' | 'env'

/** `npm run status`: says what runs and where its data lies, and which stacks run beside it. */
export async function status(root: string, portOffset: number, format: StatusFormat): Promise<void> {
  const { stack, directory, others } = requireRunning(root, portOffset)
  const summary = {
    urls: stack.urls,
    beside: stack.beside,
    keys: await loadKeys(directory),
    directory,
    accounts: demoAccounts(root, readProject(root)),
  }
  if (format === 'json') console.log(JSON.stringify(statusVariables(summary), null, 2))
  else if (format === 'env') console.log(asEnvironment(statusVariables(summary)))
  else {
    console.log(summaryTable(summary))
    console.log([`Process ${stack.pid} runs it since ${stack.startedAt}.`, ...others].join('\n'))
  }
}
