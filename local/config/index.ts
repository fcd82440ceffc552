export { generateKeys, loadKeys, type ProjectKeys } from './keys.ts'
export { type ProjectConfig, readProject } from './project.ts'
export { seedFiles } from './seed-files.ts'
export { byteSize } from './units.ts'
