import { StackError } from './errors.ts'
import { isFree } from './ports.ts'
import { runningStack } from './state.ts'

/** @throws StackError where a stack runs on the folder already, or another program has one of the named ports */
export async function assertStartable(
  directory: string,
  ports: [name: string, port: number][],
): Promise<void> {
  const running = runningStack(directory)
  if (running)
    throw new StackError(
      `The stack runs already (process ${running.pid}, ${running.urls.api}): ` +
        'stop it first, or start another with "--port-offset 100".',
    )
  for (const [name, port] of ports)
    if (!(await isFree(port)))
      throw new StackError(
        `Port ${port} (${name}) is in use by another program: stop it, or start with "npm start -- --port-offset 100".`,
      )
}
