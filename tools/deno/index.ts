export { type DenoProcess, startDeno } from './process.ts'
