import type { Context } from 'hono'
import type { Caller, Database } from '../shared/index.ts'
import type { Files } from './files.ts'
import type { SignedUrls } from './signed-urls.ts'

/** What every operation of Storage works with. */
export interface StorageContext {
  /** As `supabase_storage_admin`, which may become every role of the API. */
  database: Database
  files: Files
  /** Bytes; a bucket's own limit counts where it is lower. */
  fileSizeLimit: number
  signedUrls: SignedUrls
}

/** The routes' environment: who a request is from has been found out. */
export interface CallerEnv {
  Variables: { caller: Caller }
}

export type CallerRequest = Context<CallerEnv>
