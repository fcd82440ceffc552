import { runCommand } from '../../local/command-line/index.ts'
import { provision } from './provision.ts'

// Workspaces as code: see docs/provisioning.md.

await runCommand(async () => {
  process.exitCode = await provision(process.argv.slice(2), process.env, console.log)
})
