export { type SlackStandIn, slackVariables, startSlackStandIn } from './stand-in.ts'
