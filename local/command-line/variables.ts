import type { ProjectKeys } from '../config/index.ts'
import { type BesideUrl, type StackUrls, stackAddresses } from '../stack/index.ts'
import type { DemoAccount } from './accounts.ts'

/** What a person or a program needs to know of a running stack. */
export interface StackSummary {
  urls: StackUrls
  beside: BesideUrl[]
  keys: ProjectKeys
  directory: string
  accounts: DemoAccount[]
}

/** The names and values of `supabase status -o env` and `-o json`, as far as this stack has them. */
export function statusVariables({ urls, beside, keys }: StackSummary): Record<string, string> {
  return {
    ...stackAddresses(urls, beside),
    PUBLISHABLE_KEY: keys.publishableKey,
    SECRET_KEY: keys.secretKey,
    ANON_KEY: keys.anonKey,
    SERVICE_ROLE_KEY: keys.serviceRoleKey,
  }
}

/** `NAME="value"` lines, as a shell or a dotenv file reads them. */
export function asEnvironment(variables: Record<string, string>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join('\n')
}
