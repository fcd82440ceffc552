import module from 'node:module'
import { join } from 'node:path'

// Workspaces as code: see docs/provisioning.md.

// Before anything else is loaded: to compile it anew takes half of the time that a short command does.
module.enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/node'))
const { runCommand } = await import('../../local/command-line/index.ts')

await runCommand(async () => {
  const { provision } = await import('./provision.ts')
  process.exitCode = await provision(process.argv.slice(2), process.env, console.log)
})
