export { discordVariables, startDiscordStandIn } from './stand-in.ts'
