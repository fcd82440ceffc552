import type { ProjectConfig } from '../../config/index.ts'
import type { Database } from '../shared/index.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { Mailer } from './mail/mailer.ts'

/** The `[auth]` section of the project's configuration. */
export type AuthSettings = ProjectConfig['auth']

/** What every operation of Auth works with. */
export interface AuthContext {
  settings: AuthSettings
  /** Where clients reach the gateway, without a trailing slash. */
  publicUrl: string
  database: Database
  tokens: AccessTokens
  mailer: Mailer
}
