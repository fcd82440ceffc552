// Plain JavaScript on purpose: an older Node cannot even parse the TypeScript behind it,
// and would greet a newcomer with a syntax error instead of a sentence.
import module from 'node:module'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'

const wanted = 24

if (Number(process.versions.node.split('.')[0]) < wanted) {
  console.error(
    `Node ${wanted} or later is needed to run the stack; this is Node ${process.versions.node}. ` +
      'Install it from nodejs.org and try again.',
  )
  process.exitCode = 1
} else {
  // This process waits most of its life: compact code saves it some forty megabytes.
  setFlagsFromString('--optimize-for-size')
  // Without it every process compiles the same code anew, which is most of what a start costs.
  process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../node_modules/.cache/node')
  module.enableCompileCache()
  await import('./cli.ts')
}
