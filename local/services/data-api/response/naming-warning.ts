import type { Embed, Plan, ReadPlan } from '../plan/index.ts'

/** What is told of parameters that call an embed by its relation, though it has an alias; null where none does. */
export function namingWarning({ read }: Plan): string | null {
  const changes = calledByRelation(read).map(({ relationName, name }) => `\`${relationName}\` to \`${name}\``)
  if (changes.length === 0) return null
  return `299 PostgREST "${inHeader(
    'Embedded resource was referenced by relation name even though it has an alias. This is deprecated and will stop ' +
      `working in a future release. Update ${changes.join(', ')} in query string filters, orders or limits.`,
  )}"`
}

function calledByRelation({ embeds }: ReadPlan): Embed[] {
  return embeds.flatMap((embed) => [
    ...(embed.isCalledByRelation ? [embed] : []),
    ...calledByRelation(embed.read),
  ])
}

/** The bytes of UTF-8, as far as a header takes them. */
function inHeader(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replace(/[^\x20-\x7e\x80-\xff]|["\\]/g, ' ')
}
