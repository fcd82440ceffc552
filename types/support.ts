import * as z from 'zod'
import { singleLine, textLines } from './text.ts'
import { utcTimestampSchema } from './timestamp.ts'

// Tickets: what people ask of support, and what operators answer.

/**
 * open: support is to answer. waiting: the person is. solved: support says that it is done. closed: the workspace does.
 *
 * @example
 * const filters = ticketStatusSchema.options
 */
export const ticketStatusSchema = z.enum(['open', 'waiting', 'solved', 'closed'])

/**
 * What the plan of the workspace gives.
 *
 * @example
 * const isHigh = ticketPrioritySchema.parse(answer) === 'high'
 */
export const ticketPrioritySchema = z.enum(['normal', 'high'])

/**
 * The subject of a ticket, as `open_ticket` takes it.
 *
 * @example
 * const subject = ticketSubjectSchema.parse(' The chart  is empty ') // 'The chart is empty'
 */
export const ticketSubjectSchema = singleLine({ min: 1, max: 150 })

/**
 * What a message says, without files. With files it may be empty.
 *
 * @example
 * const { success } = ticketBodySchema.safeParse('It was there yesterday.\n\nWhere is it?') // true
 */
export const ticketBodySchema = textLines({ min: 1, max: 5_000 })

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
/** As `private.support_file_pattern` has it. */
const filePattern = new RegExp(
  `^WK-[0-9A-HJKMNP-TV-Z]{9}/${uuid}/${uuid}[.](?:png|jpg|jpeg|webp|gif|pdf|txt|csv|json)$`,
)

/**
 * A file that `reply_to_ticket` takes: uploaded into the folder of the ticket before.
 *
 * @example
 * const path = `${workspace_id}/${id}/${crypto.randomUUID()}.png`
 * await supabase.storage.from('support').upload(path, file, { contentType: 'image/png' })
 * const attachments = [newAttachmentSchema.parse({ path, name: 'Screenshot' })]
 */
export const newAttachmentSchema = z.strictObject({
  path: z.string().regex(filePattern),
  name: singleLine({ min: 1, max: 200 }),
})

const named = z.strictObject({ id: z.guid(), name: z.string() })

/**
 * A file of a message, in the bucket `support`.
 *
 * @example
 * const { path, name } = attachmentSchema.parse(answer)
 * const { data } = await supabase.storage.from('support').download(path)
 */
export const attachmentSchema = z.strictObject({
  path: z.string(),
  name: z.string(),
  type: z.string().nullable(),
  size: z.int().nonnegative().nullable(),
})

/**
 * A message of a ticket: the answer of `reply_to_ticket` and `answer_ticket`.
 *
 * @example
 * const { data } = await supabase.rpc('reply_to_ticket', {
 *   workspace_id,
 *   id,
 *   body: 'Thank you!',
 *   idempotency_key: crypto.randomUUID(),
 * })
 * const { number } = ticketMessageSchema.parse(data)
 */
export const ticketMessageSchema = z.strictObject({
  id: z.guid(),
  /** Counts the messages of the ticket. */
  number: z.int().positive(),
  from: z.enum(['person', 'support']),
  /** Null for support, and for somebody whose account is deleted. */
  author: named.nullable(),
  /** Text of several lines, never HTML. */
  body: z.string(),
  attachments: z.array(attachmentSchema),
  createdAt: utcTimestampSchema,
})

/**
 * A ticket as it is listed, and the answer of `close_ticket` and `reopen_ticket`.
 *
 * @example
 * const { data } = await supabase.rpc('close_ticket', { workspace_id, id })
 * const { status } = ticketSchema.parse(data)
 */
export const ticketSchema = z.strictObject({
  id: z.guid(),
  workspaceId: z.string(),
  /** Counts the tickets of the workspace. */
  number: z.int().positive(),
  subject: z.string(),
  status: ticketStatusSchema,
  priority: ticketPrioritySchema,
  /** Null where the account is deleted. */
  openedBy: named.nullable(),
  firstAnswerDueAt: utcTimestampSchema,
  firstAnsweredAt: utcTimestampSchema.nullable(),
  /** By when support is to answer next; null unless the ticket is open. */
  answerDueAt: utcTimestampSchema.nullable(),
  messageCount: z.int().positive(),
  lastMessageAt: utcTimestampSchema,
  lastMessageFrom: z.enum(['person', 'support']),
  createdAt: utcTimestampSchema,
})

/**
 * A page of tickets: the answer of `list_tickets`.
 *
 * @example
 * const { data } = await supabase.rpc('list_tickets', { workspace_id, status: 'open' })
 * const { tickets, next } = ticketListSchema.parse(data)
 */
export const ticketListSchema = z.strictObject({
  tickets: z.array(ticketSchema),
  /** What to give as `after` for the next page; null on the last one. */
  next: z.string().nullable(),
})

/**
 * A ticket with its messages, 50 a call: the answer of `get_ticket` and `open_ticket`.
 *
 * @example
 * const { data } = await supabase.rpc('get_ticket', { workspace_id, id })
 * const { messages, next } = ticketWithMessagesSchema.parse(data)
 */
export const ticketWithMessagesSchema = ticketSchema.extend({
  messages: z.array(ticketMessageSchema),
  /** What to give as `after` for more messages; null with the last one. */
  next: z.int().nullable(),
})

const toAnswer = { workspaceName: z.string(), planType: z.string(), isLate: z.boolean() }

/**
 * A ticket as operators list it: the answer of `update_ticket`.
 *
 * @example
 * const { data } = await server.rpc('update_ticket', { workspace_id, id, status: 'solved' })
 * const { isLate } = queuedTicketSchema.parse(data)
 */
export const queuedTicketSchema = ticketSchema.extend(toAnswer)

/**
 * A page of the tickets that wait for operators, those to be answered soonest first.
 *
 * @example
 * const { data } = await server.rpc('list_tickets_to_answer')
 * const [soonest] = ticketQueueSchema.parse(data).tickets
 */
export const ticketQueueSchema = z.strictObject({
  tickets: z.array(queuedTicketSchema),
  next: z.string().nullable(),
})

/**
 * What operators say among themselves: the answer of `note_on_ticket`.
 *
 * @example
 * const { data } = await server.rpc('note_on_ticket', { workspace_id, id, body: 'Seen before.', operator: 'Sam' })
 * const { createdAt } = ticketNoteSchema.parse(data)
 */
export const ticketNoteSchema = z.strictObject({
  id: z.guid(),
  /** Empty where it was not said. */
  operator: z.string(),
  body: z.string(),
  createdAt: utcTimestampSchema,
})

/**
 * A ticket with all that operators know of it.
 *
 * @example
 * const { data } = await server.rpc('get_ticket_to_answer', { workspace_id, id })
 * const { email, notes } = ticketToAnswerSchema.parse(data)
 */
export const ticketToAnswerSchema = ticketWithMessagesSchema.extend({
  ...toAnswer,
  /** The address of who opened it. */
  email: z.string().nullable(),
  notes: z.array(ticketNoteSchema),
})

export type TicketStatus = z.infer<typeof ticketStatusSchema>
export type TicketPriority = z.infer<typeof ticketPrioritySchema>
export type NewAttachment = z.infer<typeof newAttachmentSchema>
export type Attachment = z.infer<typeof attachmentSchema>
export type TicketMessage = z.infer<typeof ticketMessageSchema>
export type Ticket = z.infer<typeof ticketSchema>
export type TicketWithMessages = z.infer<typeof ticketWithMessagesSchema>
