import type { JWK } from 'jose'
import type { Callers, Database } from '../shared/index.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { Mailer } from './mail/mailer.ts'
import type { MailFrequency } from './mail-frequency.ts'
import type { AuthSettings } from './settings.ts'

/** What every operation of Auth works with. */
export interface AuthContext {
  settings: AuthSettings
  /** Where clients reach the gateway, without a trailing slash. */
  publicUrl: string
  database: Database
  callers: Callers
  tokens: AccessTokens
  /** The keys whose tokens count, as `/.well-known/jwks.json` shows them. */
  publicKeys: { keys: JWK[] }
  mailer: Mailer
  mailFrequency: MailFrequency
}
