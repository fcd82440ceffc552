export { createAuth } from './auth.ts'
