export { stackAddresses } from './addresses.ts'
export { type Beside, type BesideOptions, chooseBeside, readBeside, type StackConfig } from './beside.ts'
export { codeOf, messageOf, StackError } from './errors.ts'
export { claimLocation, runningStacks, type StackLocation, stackLocation } from './location.ts'
export { freePorts, isFree } from './ports.ts'
export { assertStartable } from './startable.ts'
export {
  type BesideUrl,
  removeState,
  runningStack,
  type StackState,
  type StackUrls,
  writeState,
} from './state.ts'
export { type SystemUser, unprivilegedUser } from './unprivileged-user.ts'
