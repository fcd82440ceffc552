// Plain JavaScript on purpose: an older Node cannot even parse the TypeScript behind it,
// and would greet a newcomer with a syntax error instead of a sentence.
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
  await import('./cli.ts')
}
