import { valuesIn } from './callables.ts'
import type { Focus, Node } from './jsonata-internals.ts'

// What stands side by side in a list, an object or its groups is evaluated one after another. JSONata begins all of it
// at once: nine hundred ranges are made before the first of them is measured, and nine hundred lists compared before
// anything looks at the time.

interface InTurn {
  /** Whether it stands beside others. */
  has(node: Node): boolean
  /** To be called as a step begins, which waits for what this gives. */
  begin(environment: Focus['environment']): Promise<void> | undefined
  /** To be called as a step ends. */
  end(): void
}

/** Has the steps of an expression take turns; asked before any of them is moved. */
export function inTurn(nodes: Node[]): InTurn {
  const items = nodes.flatMap(({ type, value, expressions }) =>
    type === 'unary' && value === '[' ? (expressions as Node[]) : [],
  )
  const beside = new Set([...valuesIn(nodes), ...items])
  const ends: (() => void)[] = []
  let last: Promise<void> | undefined

  return {
    has: (node) => beside.has(node),
    begin(environment) {
      // All that stands side by side begins before anything of it goes on.
      if (last === undefined)
        queueMicrotask(() => {
          last = undefined
        })
      const before = last
      const { promise, resolve } = Promise.withResolvers<void>()
      last = promise
      if (before === undefined) {
        ends.push(resolve)
        return
      }
      return before.then(() => {
        environment.base.guardrails()
        ends.push(resolve)
      })
    },
    // The step that began last ends first.
    end: () => ends.pop()?.(),
  }
}
