import { connectionString } from '../postgres/index.ts'
import type { ProjectKeys } from './keys.ts'
import type { ProjectConfig } from './project.ts'

/** The ports of one stack. */
export interface StackPorts {
  api: number
  database: number
  mailbox: number
  smtp: number
}

/** Where a person or a program reaches a stack. */
export interface StackUrls {
  api: string
  database: string
  mailbox: string
}

/** The ports that a stack takes, from the configuration and an offset. */
export function stackPorts(config: ProjectConfig, portOffset: number): StackPorts {
  return {
    api: config.api.port + portOffset,
    database: config.db.port + portOffset,
    mailbox: config.local_smtp.port + portOffset,
    smtp: config.local_smtp.smtp_port + portOffset,
  }
}

export function stackUrls(ports: StackPorts, keys: ProjectKeys): StackUrls {
  return {
    api: `http://127.0.0.1:${ports.api}`,
    database: connectionString('postgres', keys.databasePasswords.postgres, ports.database, 'postgres'),
    mailbox: `http://127.0.0.1:${ports.mailbox}`,
  }
}
