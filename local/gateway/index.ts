export { forkGateway } from './pool.ts'
