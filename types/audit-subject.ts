import * as z from 'zod'

/**
 * What an entry of `list_audit_log` is about, in `subject`. The name is what the entry itself says (of a renamed thing
 * the later name), else what it is called now, and of a share or a grant that of the view which it opens. It is null
 * for what is not for readers of the log: a thing that is personal now, who was invited and has not joined, and what is
 * gone.
 *
 * @example
 * const { kind, name } = auditSubjectSchema.parse(entry.subject)
 * const sentence = `${entry.actor.name} · ${entry.action} · ${kind} ${name ?? ''}`
 */
export const auditSubjectSchema = z.strictObject({
  kind: z.enum([
    'workspace',
    'member',
    'role',
    'invitation',
    'theme',
    'component',
    'view',
    'share',
    'grant',
    'api_key',
    'billing',
    'agent',
    'conversation',
    'proposal',
    'ticket',
    'data_source',
    'destination',
    'listing',
    'install',
  ]),
  /**
   * Of a member the account's, of a role and a component its key, of billing what Stripe calls it, of others a uuid.
   */
  id: z.string(),
  name: z.string().nullable(),
})

export type AuditSubject = z.infer<typeof auditSubjectSchema>
