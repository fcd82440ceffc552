import * as z from 'zod'
import { auditSubjectSchema } from './audit-subject.ts'
import { utcTimestampSchema } from './timestamp.ts'

// Who did what in a workspace.

/**
 * What changed, by column: both values of an update, the new one of an insert, the old one of a delete, and neither
 * where the value is withheld.
 *
 * @example
 * const renamed = auditChangesSchema.parse(entry.changes).name?.new
 */
export const auditChangesSchema = z.record(
  z.string(),
  z.strictObject({ old: z.json(), new: z.json() }).partial(),
)

/**
 * An entry of the audit log.
 *
 * @example
 * const { actor, action, table } = auditEntrySchema.parse(answer)
 */
export const auditEntrySchema = z.strictObject({
  id: z.guid(),
  occurredAt: utcTimestampSchema,
  actor: z.strictObject({
    type: z.enum(['user', 'api_key', 'service_role', 'system']),
    /** Null for what is no person. */
    id: z.guid().nullable(),
    /** Null where there is no account, or not any more. */
    name: z.string().nullable(),
    /** The role that they had when they acted. */
    role: z.string().nullable(),
  }),
  action: z.enum(['insert', 'update', 'delete']),
  subject: auditSubjectSchema,
  table: z.string(),
  /** The key of the row without the workspace, parts joined by commas. */
  rowId: z.string(),
  changes: auditChangesSchema,
  requestId: z.string().nullable(),
  /** The trace that the caller says the request belongs to, 32 hex digits. */
  claimedTraceId: z.string().nullable(),
  ip: z.string().nullable(),
  /** The address that the caller says they have; anybody can write it. */
  claimedIp: z.string().nullable(),
})

/**
 * A page of the audit log: the answer of `list_audit_log`.
 *
 * @example
 * const { data } = await supabase.rpc('list_audit_log', { workspace_id })
 * const { entries, next } = auditPageSchema.parse(data)
 * // The page after it: { workspace_id, before: next.before, before_id: next.beforeId }
 */
export const auditPageSchema = z.strictObject({
  entries: z.array(auditEntrySchema),
  /** Where the next page begins; null on the last one. */
  next: z.strictObject({ before: utcTimestampSchema, beforeId: z.guid() }).nullable(),
})

export type AuditChanges = z.infer<typeof auditChangesSchema>
export type AuditEntry = z.infer<typeof auditEntrySchema>
export type AuditPage = z.infer<typeof auditPageSchema>
