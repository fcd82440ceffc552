export { analyticsPanel } from './panel.ts'
