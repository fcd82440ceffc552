export { slackVariables, startSlackStandIn } from './stand-in.ts'
