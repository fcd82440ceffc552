import { type Focus, type Node, pairsIn } from './jsonata-internals.ts'

// What stands side by side in a list, an object or its groups is evaluated one after another. JSONata begins all of it
// at once: nine hundred ranges are made before the first of them is measured, and nine hundred lists compared before
// anything looks at the time.

/** What JSONata calls before a step, and waits for. */
type BeforeStep = (node: Node, input: unknown, environment: Focus['environment']) => Promise<void> | undefined

interface InTurn {
  /** Whether a step stands beside others. */
  has(node: Node): boolean
  /** To be called as one of them ends. */
  end(): void
  /**
   * Has them wait for each other. Calls `before` with what is to be called before the next step: for those alone, since
   * each step that JSONata waits for something before takes longer.
   */
  begin(before: (called: BeforeStep | undefined) => void): void
}

const place = (list: Node[], at: number) => ({ list, at })

/** Has the steps of an expression take turns; asked before any of them is moved. */
export function inTurn(nodes: Node[]): InTurn {
  const items = nodes.flatMap(({ type, value, expressions }) =>
    type === 'unary' && value === '['
      ? (expressions as Node[]).map((_, at) => place(expressions as Node[], at))
      : [],
  )
  const places = [...items, ...pairsIn(nodes).map((pair) => place(pair, 1))]
  const beside = new Set(places.map(({ list, at }) => list[at]))
  const ends: (() => void)[] = []
  let last: Promise<void> | undefined

  const wait: BeforeStep = (_node, _input, environment) => {
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
  }

  return {
    has: (node) => beside.has(node),
    // The step that began last ends first.
    end: () => ends.pop()?.(),
    begin(before) {
      for (const { list, at } of places) {
        const node = list[at]
        // JSONata reads it as it begins with it.
        Object.defineProperty(list, at, {
          get() {
            before((...step) => {
              before(undefined)
              return step[0] === node ? wait(...step) : undefined
            })
            return node
          },
        })
      }
    },
  }
}
