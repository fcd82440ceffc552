export { createMeter, type Meter } from './meter.ts'
export { createMetricsApi, metricsPath } from './metrics-api.ts'
export { reachMeter, serveMeters } from './processes.ts'
