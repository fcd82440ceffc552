export { openaiVariables, startOpenaiStandIn } from './stand-in.ts'
