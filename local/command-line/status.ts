import { loadKeys, readProject } from '../config/index.ts'
import { runningStack, StackError, stackLocation } from '../stack/index.ts'
import { demoAccounts } from './accounts.ts'
import { summaryTable } from './summary.ts'
import { asEnvironment, statusVariables } from './variables.ts'

/** How `status` prints: a table for people, or what `supabase status -o` prints for programs. */
export type StatusFormat = 'pretty' | 'json' | 'env'

/** `npm run status`: says what runs and where its data lies. */
export async function status(root: string, portOffset: number, format: StatusFormat): Promise<void> {
  const { directory } = stackLocation(root, portOffset)
  const running = runningStack(directory)
  if (!running)
    throw new StackError(`The stack does not run: start it with "npm start". Its data lies in ${directory}.`)
  const keys = await loadKeys(directory)
  const summary = {
    urls: running.urls,
    keys,
    directory,
    accounts: demoAccounts(root, readProject(root)),
  }
  if (format === 'json') console.log(JSON.stringify(statusVariables(summary), null, 2))
  else if (format === 'env') console.log(asEnvironment(statusVariables(summary)))
  else {
    console.log(summaryTable(summary))
    console.log(`Process ${running.pid} runs it since ${running.startedAt}.`)
  }
}
