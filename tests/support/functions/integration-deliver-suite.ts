import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { freePorts } from '../../../local/stack/index.ts'
import type { ChatStandIn } from '../../../tools/stand-ins/chat/index.ts'
import { startDiscordStandIn } from '../../../tools/stand-ins/discord/index.ts'
import { startSlackStandIn } from '../../../tools/stand-ins/slack/index.ts'
import { startTeamsStandIn } from '../../../tools/stand-ins/teams/index.ts'
import {
  type DeliveryPage,
  deliveryPageSchema,
  type SavedDestination,
  savedDestinationSchema,
} from '../../../types/destination.ts'
import { borrowFrontEnd, type FrontEnd, type Person } from '../http/front-end.ts'
import { setPlan } from '../people/plan.ts'
import { type FunctionUnderTest, serveFunction } from './serve-function.ts'
import { type SourceServer, startSourceServer } from './source-server.ts'

export const host = 'hooks.example.test'

export interface IntegrationDeliver {
  app: FrontEnd
  receiver: SourceServer
  /** Chats, played. */
  slack: ChatStandIn
  discord: ChatStandIn
  teams: ChatStandIn
  deliver: FunctionUnderTest
  /** An administrator of a premium workspace. */
  ada: Person
  workspace: string
  /** The address of a path of the receiver: /sales is where it behaves. */
  at(path: string, name?: string): string
  save(document?: object): Promise<SavedDestination>
  /** What the clock of the database does. */
  run(): Promise<{ delivered: number; failed: number; skipped: number }>
  list(destinationId: string): Promise<DeliveryPage['deliveries']>
  rename(name: string): Promise<void>
  /** As if so much time had passed since all that waits was tried first, with attempts all the while. */
  passTime(interval: string): Promise<void>
}

/** The function in two processes, with a receiver that it can reach under names of the tests, and chats, played. */
export function integrationDeliverSuite(names: [string, string[][]][] = []): () => IntegrationDeliver {
  let all: IntegrationDeliver
  beforeAll(async () => {
    const [slackPort = 0, discordPort = 0, teamsPort = 0] = await freePorts(3)
    const [app, receiver, slack, discord, teams] = await Promise.all([
      borrowFrontEnd(),
      startSourceServer([host, ...names.map(([name]) => name)]),
      startSlackStandIn({ port: slackPort, burst: 5 }),
      startDiscordStandIn({ port: discordPort }),
      startTeamsStandIn({ port: teamsPort }),
    ])
    const deliver = await serveFunction(
      app.gateway,
      join(import.meta.dirname, 'integration-deliver/index.ts'),
      {
        TEST_NAMES: JSON.stringify([[host, [['127.0.0.1']]], ...names]),
        TEST_CA: receiver.ca,
        SLACK_API_URL: slack.url,
        DISCORD_API_URL: discord.url,
        TEAMS_API_URL: teams.url,
        TEST_LIMITS: JSON.stringify({
          connectMilliseconds: 500,
          silenceMilliseconds: 400,
          totalMilliseconds: 1_500,
        }),
      },
    )
    const ada = await app.signUp('Ada')
    const workspace = await app.createWorkspace(ada)
    await setPlan(app.server, 'premium')
    await app.server.query('update private.operator_settings set request_ports = array[$1::integer]', [
      receiver.port,
    ])
    const at = (path: string, name = host) => `https://${name}:${receiver.port}${path}`
    all = {
      app,
      receiver,
      slack,
      discord,
      teams,
      deliver,
      ada,
      workspace,
      at,
      async save(document = {}) {
        const { data } = await ada.supabase
          .rpc('save_destination', {
            workspace_id: workspace,
            document: {
              kind: 'webhook',
              name: 'Shop',
              url: at('/sales'),
              events: ['workspace.updated', 'role.created'],
              ...document,
            },
          })
          .throwOnError()
        return savedDestinationSchema.parse(data)
      },
      async run() {
        const answer = await deliver.request('/', {
          method: 'POST',
          headers: { apikey: app.gateway.secretKey },
        })
        if (!answer.ok) throw new Error(`The function answered ${answer.status}: ${await answer.text()}`)
        return (await answer.json()) as { delivered: number; failed: number; skipped: number }
      },
      async list(destination_id) {
        const { data } = await ada.supabase
          .rpc('list_deliveries', { workspace_id: workspace, destination_id })
          .throwOnError()
        return deliveryPageSchema.parse(data).deliveries
      },
      async rename(name) {
        await ada.supabase.from('workspaces').update({ name }).eq('id', workspace).throwOnError()
      },
      async passTime(interval) {
        await app.server.query(
          `update private.deliveries set due_at = due_at - $1::interval,
             first_attempted_at = first_attempted_at - $1::interval`,
          [interval],
        )
        await app.server.query(
          'update private.destination_states set rests_until = rests_until - $1::interval, failing_since = failing_since - $1::interval',
          [interval],
        )
      },
    }
  }, 60_000)
  afterAll(async () => {
    await all.deliver[Symbol.asyncDispose]()
    await Promise.all([all.slack, all.discord, all.teams].map((chat) => chat.stop()))
    await all.receiver[Symbol.asyncDispose]()
    await all.app[Symbol.asyncDispose]()
  })
  return () => all
}
