export { showStep } from './steps.ts'
