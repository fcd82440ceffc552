import { type Pgoutput, PgoutputPlugin } from 'pg-logical-replication'

/**
 * Reads what Postgres's own `pgoutput` writes, with every value as the text that Postgres has for it: whoever needs
 * one as JSON asks Postgres, which knows all its types.
 */
export class TextPlugin extends PgoutputPlugin {
  /** How many messages have come. */
  parsed = 0

  constructor(publicationNames: string[]) {
    super({ protoVersion: 1, publicationNames })
  }

  override parse(buffer: Buffer): Pgoutput.Message {
    this.parsed += 1
    const message = super.parse(buffer)
    if (message.tag === 'relation') for (const column of message.columns) column.parser = asText
    return message
  }
}

function asText(value: string): string {
  return value
}
