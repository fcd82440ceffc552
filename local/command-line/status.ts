import { loadKeys, readProject } from '../config/index.ts'
import { runningStacks, StackError, stackLocation } from '../stack/index.ts'
import { demoAccounts } from './accounts.ts'
import { summaryTable } from './summary.ts'
import { asEnvironment, statusVariables } from './variables.ts'

/** How `status` prints: a table for people, or what `supabase status -o` prints for programs. */
export type StatusFormat = 'pretty' | 'json' | 'env'

/** `npm run status`: says what runs and where its data lies, and which stacks run beside it. */
export async function status(root: string, portOffset: number, format: StatusFormat): Promise<void> {
  const { directory } = stackLocation(root, portOffset)
  const running = runningStacks(root)
  const stack = running.get(portOffset)
  running.delete(portOffset)
  const others = [...running].map(([offset, { urls }]) => `Another runs at "${option(offset)}": ${urls.api}`)
  if (!stack) {
    const start = portOffset === 0 ? 'npm start' : `npm start -- ${option(portOffset)}`
    const sentence = `The stack does not run: start it with "${start}". Its data lies in ${directory}.`
    throw new StackError([sentence, ...others].join('\n'))
  }
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

function option(portOffset: number): string {
  return `--port-offset ${portOffset}`
}
