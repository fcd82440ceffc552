export { createRealtimeApi } from './http-api.ts'
export type { RealtimeLimits } from './limits.ts'
export type { RealtimeLink } from './link.ts'
export { forkRealtime, type RealtimeProcess } from './process/fork.ts'
export { reachRealtime } from './process/reach.ts'
// Not the server itself: whoever forks or reaches its process need not load it.
export type { Realtime } from './realtime.ts'
export { refuseUpgrade, upgradeToWebSocket } from './websocket.ts'
