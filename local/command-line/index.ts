export { readArguments, runCommand, unknownCommand } from './run.ts'
export { reset, start } from './start.ts'
export { type StatusFormat, status } from './status.ts'
export { showStep } from './steps.ts'
