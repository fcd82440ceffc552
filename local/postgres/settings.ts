/** Who connects to the database; each has a password of its own. */
export const databaseRoles = [
  'postgres',
  'authenticator',
  'supabase_admin',
  'supabase_auth_admin',
  'supabase_storage_admin',
] as const

export type DatabaseRole = (typeof databaseRoles)[number]

/** The password of each login role. */
export type DatabasePasswords = Record<DatabaseRole, string>

/** For data that is thrown away, and passwords that are random and as short-lived. */
const throwAway = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_wal_size: '2GB',
  // Every connection would be as dear as guessing a password that a person chose.
  scram_iterations: '1',
}

/** The settings that Postgres runs with; `durable: false` trades crash safety for speed, for throw-away data. */
export function postgresSettings(options: { port: number; durable: boolean }): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(options.port),
    // A socket path below a deep checkout can pass the limit of 107 bytes; nothing needs it.
    unix_socket_directories: '',
    wal_level: 'logical',
    max_connections: '150',
    max_wal_senders: '10',
    max_replication_slots: '10',
    // A reader of the log that does not come back does not fill the disk.
    max_slot_wal_keep_size: '512MB',
    shared_preload_libraries: 'pg_stat_statements',
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    // Statements can carry passwords and personal data: none reaches the log.
    log_min_error_statement: 'panic',
    ...(options.durable ? {} : throwAway),
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** A connection string for a role on a local port. */
export function connectionString(
  role: DatabaseRole,
  password: string,
  port: number,
  database: string,
): string {
  return `postgresql://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`
}
