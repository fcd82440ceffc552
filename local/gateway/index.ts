export { forkGateway, type GatewayPool } from './pool.ts'
