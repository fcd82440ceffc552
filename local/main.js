// Plain JavaScript on purpose: an older Node cannot even parse the TypeScript behind it,
// and would greet a newcomer with a syntax error instead of a sentence.
const wanted = 24

if (Number(process.versions.node.split('.')[0]) < wanted) {
  console.error(
    `Node ${wanted} or later is needed to run the stack; this is Node ${process.versions.node}. Install it from nodejs.org and try again.`,
  )
  process.exitCode = 1
} else {
  await import('./cli.ts')
}
