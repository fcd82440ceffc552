export { startTeamsStandIn, teamsVariables } from './stand-in.ts'
