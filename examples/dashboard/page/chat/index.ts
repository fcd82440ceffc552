export { chatPanel } from './panel.ts'
