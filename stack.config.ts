import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { StackConfig } from './local/stack/index.ts'

// What `npm start` runs beside the stack.

const pagePort = 54_330

/** The origins that functions let in, with that of the page where `--port-offset` has moved it. */
function originsWith(port: number): Record<string, string> {
  if (port === pagePort) return {}
  const files = ['.env.example', '.env'].map((name) => join(import.meta.dirname, 'functions', name))
  const written = files.filter((file) => existsSync(file)).map((file) => parseEnv(readFileSync(file, 'utf8')))
  const { ALLOWED_ORIGINS } = Object.assign({}, ...written)
  return { ALLOWED_ORIGINS: [ALLOWED_ORIGINS, `http://127.0.0.1:${port}`].filter(Boolean).join() }
}

const config: StackConfig = {
  beside: [
    {
      title: 'Example page',
      variable: 'EXAMPLE_URL',
      port: pagePort,
      variables: async ({ port }) => originsWith(port),
      start: async ({ port, apiUrl, publishableKey, directory }) => {
        const { servePage } = await import('./examples/dashboard/serve.ts')
        return servePage({ port, apiUrl, publishableKey, directory: join(directory, 'example') })
      },
    },
    {
      title: 'Stand-in for Stripe',
      option: 'stripe',
      variable: 'STRIPE_STAND_IN_URL',
      port: 54_331,
      variables: async ({ port, directory }) => {
        const { standInVariables } = await import('./tools/stand-ins/index.ts')
        return standInVariables({ port, file: join(directory, 'stripe.json') })
      },
      start: async ({ port, apiUrl, directory }) => {
        const { startStripeStandIn } = await import('./tools/stand-ins/index.ts')
        return startStripeStandIn({
          port,
          target: `${apiUrl}/functions/v1/stripe-webhook`,
          file: join(directory, 'stripe.json'),
          say: (line) => console.log(`[stripe] ${line}`),
        })
      },
    },
    {
      title: 'Stand-in for OpenAI',
      option: 'openai',
      variable: 'OPENAI_STAND_IN_URL',
      port: 54_332,
      variables: async ({ port }) => {
        const { openaiVariables } = await import('./tools/stand-ins/openai/index.ts')
        return openaiVariables({ port })
      },
      start: async ({ port }) => {
        const { startOpenaiStandIn } = await import('./tools/stand-ins/openai/index.ts')
        return startOpenaiStandIn({ port })
      },
    },
    {
      title: 'Stand-in for Slack',
      option: 'slack',
      variable: 'SLACK_STAND_IN_URL',
      port: 54_333,
      variables: async ({ port }) =>
        (await import('./tools/stand-ins/slack/index.ts')).slackVariables({ port }),
      start: async ({ port }) =>
        (await import('./tools/stand-ins/slack/index.ts')).startSlackStandIn({ port }),
    },
    {
      title: 'Stand-in for Discord',
      option: 'discord',
      variable: 'DISCORD_STAND_IN_URL',
      port: 54_334,
      variables: async ({ port }) =>
        (await import('./tools/stand-ins/discord/index.ts')).discordVariables({ port }),
      start: async ({ port }) =>
        (await import('./tools/stand-ins/discord/index.ts')).startDiscordStandIn({ port }),
    },
    {
      title: 'Stand-in for Teams',
      option: 'teams',
      variable: 'TEAMS_STAND_IN_URL',
      port: 54_335,
      variables: async ({ port }) =>
        (await import('./tools/stand-ins/teams/index.ts')).teamsVariables({ port }),
      start: async ({ port }) =>
        (await import('./tools/stand-ins/teams/index.ts')).startTeamsStandIn({ port }),
    },
  ],
}

export default config
