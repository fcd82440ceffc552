import type { ProjectConfig, ProjectKeys } from '../../config/index.ts'
import type { DatabaseRole } from '../../postgres/index.ts'

/** What every service is made from. */
export interface ServiceOptions {
  config: ProjectConfig
  /** Where clients reach the gateway, without a trailing slash: `http://127.0.0.1:54321`. */
  publicUrl: string
  keys: ProjectKeys
  /** A connection string for a login role of the project's database. */
  databaseUrl(role: DatabaseRole): string
  /** The folder that holds the bytes of stored objects. */
  storageDirectory: string
  /** Where e-mails are handed in. */
  smtp: { host: string; port: number }
}

/** Who is at the other end of the connection; the address is null where it is unknown. */
export interface Peer {
  address: string | null
}

/** One service behind the gateway; it sees the request with its full path. */
export interface Service {
  fetch(request: Request, peer: Peer): Promise<Response>
  /** Gives back every database connection; requests under way must have ended. */
  close(): Promise<void>
}
