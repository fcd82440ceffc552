import type { DemoAccount } from './accounts.ts'

/** What a person or a program needs to know of a running stack. */
export interface StackSummary {
  apiUrl: string
  databaseUrl: string
  mailboxUrl: string
  publishableKey: string
  secretKey: string
  directory: string
  accounts: DemoAccount[]
}

/** The names and values of `supabase status -o env` and `-o json`, as far as this stack has them. */
export function statusVariables(summary: StackSummary): Record<string, string> {
  return {
    API_URL: summary.apiUrl,
    REST_URL: `${summary.apiUrl}/rest/v1`,
    FUNCTIONS_URL: `${summary.apiUrl}/functions/v1`,
    DB_URL: summary.databaseUrl,
    MAILPIT_URL: summary.mailboxUrl,
    INBUCKET_URL: summary.mailboxUrl,
    PUBLISHABLE_KEY: summary.publishableKey,
    SECRET_KEY: summary.secretKey,
  }
}

/** `NAME="value"` lines, as a shell or a dotenv file reads them. */
export function asEnvironment(variables: Record<string, string>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join('\n')
}
