export { createMeasures, type Measures } from './measures.ts'
export { createMeasuresApi, metricsPath } from './metrics-api.ts'
export { reachMeasures, serveMeasures } from './processes.ts'
