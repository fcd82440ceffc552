import { connectionString } from '../postgres/index.ts'
import type { StackUrls } from '../stack/index.ts'
import type { ProjectKeys } from './keys.ts'
import type { ProjectConfig } from './project.ts'

/** The ports of one stack. */
export interface StackPorts {
  api: number
  database: number
  studio: number
  mailbox: number
  smtp: number
}

/** The ports that a stack takes, from the configuration and an offset. */
export function stackPorts(config: ProjectConfig, portOffset: number): StackPorts {
  return {
    api: config.api.port + portOffset,
    database: config.db.port + portOffset,
    studio: config.studio.port + portOffset,
    mailbox: config.local_smtp.port + portOffset,
    smtp: config.local_smtp.smtp_port + portOffset,
  }
}

export function stackUrls(ports: StackPorts, keys: ProjectKeys): StackUrls {
  return {
    api: `http://127.0.0.1:${ports.api}`,
    database: connectionString('postgres', keys.databasePasswords.postgres, ports.database, 'postgres'),
    studio: `http://127.0.0.1:${ports.studio}`,
    mailbox: `http://127.0.0.1:${ports.mailbox}`,
  }
}
