import { runningStacks, StackError, type StackState, stackLocation } from '../stack/index.ts'

/** A stack that runs, where its data lies, and how those are named that run beside it. */
interface Running {
  stack: StackState
  directory: string
  others: string[]
}

/** @throws StackError that says how to start it, and which stacks do run */
export function requireRunning(root: string, portOffset: number): Running {
  const { directory } = stackLocation(root, portOffset)
  const running = runningStacks(root)
  const stack = running.get(portOffset)
  running.delete(portOffset)
  const others = [...running].map(([offset, { urls }]) => `Another runs at "${option(offset)}": ${urls.api}`)
  if (stack) return { stack, directory, others }
  const start = portOffset === 0 ? 'npm start' : `npm start -- ${option(portOffset)}`
  const sentence = `The stack does not run: start it with "${start}". Its data lies in ${directory}.`
  throw new StackError([sentence, ...others].join('\n'))
}

function option(portOffset: number): string {
  return `--port-offset ${portOffset}`
}
