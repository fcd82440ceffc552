import type { Ticket, TicketMessage, TicketWithMessages } from '../../../types/index.ts'
import type { Client } from './client.ts'
import { button, form } from './controls.ts'
import { element } from './element.ts'
import { showIn } from './keep.ts'
import { keyOfSaid } from './key.ts'
import { latest } from './latest.ts'
import { headerPanel } from './panel.ts'

const types: Record<string, string> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'application/pdf': 'pdf',
  'text/plain': 'txt',
  'text/csv': 'csv',
  'application/json': 'json',
}

/** What one asks of support, which `read` keeps up to date, and a form for who may ask. */
export function supportPanel(supabase: Client, workspace_id: string, mayAsk: boolean) {
  let shown: string | undefined
  const ask = latest()
  /** By ticket, and of a new one: each is kept until it is sent, whatever is read or shown meanwhile. */
  const drafts = new Map<string | undefined, HTMLFormElement>()
  const place = element('div', { className: 'tickets' })
  const panel = headerPanel(['Support'], place)

  const show = async (id?: string) => {
    shown = id
    await read()
  }
  const read = async () => {
    const isLatest = ask()
    if (shown === undefined) {
      const { data } = await supabase.rpc('list_tickets', { workspace_id }).throwOnError()
      if (!isLatest()) return
      showIn(place, [...(mayAsk ? [draftOf(undefined, openForm)] : []), ticketList(data.tickets)])
      return
    }
    const { ticket, messages } = await readTicket(supabase, workspace_id, shown)
    if (!isLatest()) return
    const isClosed = ticket.status === 'closed'
    showIn(place, [
      button('All tickets', () => show()),
      element('strong', {}, `#${ticket.number} ${ticket.subject}`),
      element('p', {}, statusOf(ticket)),
      element('ul', {}, ...messages.map(message)),
      ...(isClosed ? [] : [draftOf(ticket.id, () => replyForm(ticket.id))]),
      isClosed ? turn(ticket, 'reopen_ticket', 'Open again') : turn(ticket, 'close_ticket', 'Close'),
    ])
  }

  const draftOf = (id: string | undefined, make: () => HTMLFormElement) => {
    const draft = drafts.get(id) ?? make()
    drafts.set(id, draft)
    return draft
  }
  const ticketList = (tickets: Ticket[]) =>
    element(
      'ul',
      {},
      ...tickets.map((ticket) =>
        element(
          'li',
          {},
          button(`#${ticket.number} ${ticket.subject}`, () => show(ticket.id)),
          element('p', {}, statusOf(ticket)),
        ),
      ),
    )
  const turn = ({ id }: Ticket, how: 'close_ticket' | 'reopen_ticket', label: string) =>
    button(label, async () => {
      await supabase.rpc(how, { workspace_id, id }).throwOnError()
      await read()
    })
  const message = ({ from, author, body, attachments, createdAt }: TicketMessage) =>
    element(
      'li',
      {},
      element('strong', {}, from === 'support' ? 'Support' : (author?.name ?? 'A deleted user')),
      // Text, and never HTML: its lines are kept by the style sheet.
      element('p', { className: 'lines' }, body),
      ...attachments.map(({ path, name }) => button(name, () => download(supabase, path, name))),
      element('time', { dateTime: createdAt }, new Date(createdAt).toLocaleString()),
    )

  const openForm = () => {
    const subject = element('input', { required: true, maxLength: 150, placeholder: 'What is it about?' })
    const body = element('textarea', { required: true, maxLength: 5_000, placeholder: 'What happened?' })
    const keyOf = keyOfSaid()
    const file = fileOf()
    return form('Ask support', [subject, body, file.input], async () => {
      const asked = { workspace_id, subject: subject.value, body: body.value }
      const { data } = await supabase
        .rpc('open_ticket', { ...asked, idempotency_key: keyOf(asked) })
        .throwOnError()
      drafts.delete(undefined)
      if (!file.isChosen()) return show(data.id)
      // Files lie with their ticket: this one goes as a reply, which says itself why it was refused.
      const reply = replyForm(data.id, file)
      drafts.set(data.id, reply)
      await show(data.id)
      reply.dispatchEvent(new SubmitEvent('submit'))
    })
  }
  const replyForm = (id: string, file = fileOf()) => {
    const body = element('textarea', { maxLength: 5_000, placeholder: 'Your reply' })
    const keyOf = keyOfSaid()
    return form('Send', [body, file.input], async () => {
      const said = { workspace_id, id, body: body.value, attachments: await file.attachments(id) }
      await supabase.rpc('reply_to_ticket', { ...said, idempotency_key: keyOf(said) }).throwOnError()
      drafts.delete(id)
      await read()
    })
  }
  /** A field for a file, which is uploaded once, however often the form is sent. */
  const fileOf = () => {
    const input = element('input', { type: 'file', ariaLabel: 'File', accept: Object.keys(types).join() })
    let uploading: Promise<Attached[]> | undefined
    input.onchange = () => {
      uploading = undefined
    }
    const attachments = (id: string) => {
      uploading ??= upload(supabase, `${workspace_id}/${id}`, input.files?.[0]).catch((error) => {
        uploading = undefined
        throw error
      })
      return uploading
    }
    return { input, isChosen: () => (input.files?.length ?? 0) > 0, attachments }
  }
  return { panel, read }
}

interface Attached {
  path: string
  name: string
}

/** A ticket with all of its messages. */
async function readTicket(supabase: Client, workspace_id: string, id: string) {
  const messages: TicketMessage[] = []
  let ticket: TicketWithMessages
  let after: number | null = null
  do {
    const page: { data: TicketWithMessages } = await supabase
      .rpc('get_ticket', { workspace_id, id, ...(after !== null && { after }) })
      .throwOnError()
    ticket = page.data
    messages.push(...ticket.messages)
    after = ticket.next
  } while (after !== null)
  return { ticket, messages }
}

/** Puts a file into the folder of a ticket, under a name that nobody chooses. */
async function upload(supabase: Client, folder: string, file: File | undefined): Promise<Attached[]> {
  if (!file) return []
  const path = `${folder}/${crypto.randomUUID()}.${types[file.type] ?? 'txt'}`
  const { error } = await supabase.storage.from('support').upload(path, file, { contentType: file.type })
  if (error) throw error
  return [{ path, name: file.name }]
}

async function download(supabase: Client, path: string, name: string): Promise<void> {
  const { data, error } = await supabase.storage.from('support').download(path)
  if (error) throw error
  const href = URL.createObjectURL(data)
  element('a', { href, download: name }).click()
  URL.revokeObjectURL(href)
}

function statusOf({ status, answerDueAt }: Ticket): string {
  if (status === 'open' && answerDueAt) return `Support answers by ${new Date(answerDueAt).toLocaleString()}.`
  return { open: '', waiting: 'Support answered.', solved: 'Solved.', closed: 'Closed.' }[status]
}
