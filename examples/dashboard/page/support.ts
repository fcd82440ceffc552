import type { Ticket, TicketMessage, TicketWithMessages } from '../../../types/index.ts'
import type { Client } from './client.ts'
import { element } from './element.ts'
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
  /** Kept while it is filled in, whatever is read meanwhile. */
  let draft: { of: string | undefined; form: HTMLFormElement } | undefined
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
      showAround(place, mayAsk ? draftOf(openForm) : undefined, [], [ticketList(data.tickets)])
      return
    }
    const { ticket, messages } = await readTicket(supabase, workspace_id, shown)
    if (!isLatest()) return
    const isClosed = ticket.status === 'closed'
    showAround(
      place,
      isClosed ? undefined : draftOf(() => replyForm(ticket)),
      [
        element('button', { onclick: () => show() }, 'All tickets'),
        element('strong', {}, `#${ticket.number} ${ticket.subject}`),
        element('p', {}, statusOf(ticket)),
        element('ul', {}, ...messages.map(message)),
      ],
      [isClosed ? turn(ticket, 'reopen_ticket', 'Open again') : turn(ticket, 'close_ticket', 'Close')],
    )
  }

  const draftOf = (make: () => HTMLFormElement) => {
    if (draft?.of !== shown) draft = undefined
    draft ??= { of: shown, form: make() }
    return draft.form
  }
  const ticketList = (tickets: Ticket[]) =>
    element(
      'ul',
      {},
      ...tickets.map((ticket) =>
        element(
          'li',
          {},
          element('button', { onclick: () => show(ticket.id) }, `#${ticket.number} ${ticket.subject}`),
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
    // One for the form, so that a second click opens no second ticket.
    const [idempotency_key, keyOfFile] = [crypto.randomUUID(), crypto.randomUUID()]
    const file = fileOf()
    return form('Ask support', [subject, body, file.input], async () => {
      const asked = { workspace_id, subject: subject.value, body: body.value, idempotency_key }
      const { data } = await supabase.rpc('open_ticket', asked).throwOnError()
      // Files lie with their ticket, so a message names them once it is there.
      if (file.isChosen()) await say(data.id, '', keyOfFile, await file.attachments(data.id))
      draft = undefined
      await show(data.id)
    })
  }
  const replyForm = ({ id }: Ticket) => {
    const body = element('textarea', { maxLength: 5_000, placeholder: 'Your reply' })
    const idempotency_key = crypto.randomUUID()
    const file = fileOf()
    return form('Send', [body, file.input], async () => {
      await say(id, body.value, idempotency_key, await file.attachments(id))
      draft = undefined
      await read()
    })
  }
  const say = async (id: string, body: string, idempotency_key: string, attachments: Attached[]) => {
    const said = { workspace_id, id, body, idempotency_key, attachments }
    await supabase.rpc('reply_to_ticket', said).throwOnError()
  }
  /** A field for a file, which is uploaded once, however often the form is sent. */
  const fileOf = () => {
    const input = element('input', { type: 'file', ariaLabel: 'File', accept: Object.keys(types).join() })
    let uploading: Promise<Attached[]> | undefined
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

function button(label: string, work: () => Promise<void>): HTMLButtonElement {
  const made = element('button', { type: 'button' }, label)
  made.onclick = async () => {
    made.disabled = true
    await work().finally(() => {
      made.disabled = false
    })
  }
  return made
}

/** Shows what is above and below a form. One that stays is not moved: whoever types in it would lose their place. */
function showAround(place: HTMLElement, form: HTMLFormElement | undefined, above: Node[], below: Node[]) {
  if (form?.parentElement !== place) {
    place.replaceChildren(...above, ...(form ? [form] : []), ...below)
    return
  }
  for (const child of Array.from(place.childNodes)) if (child !== form) child.remove()
  form.before(...above)
  form.after(...below)
}

/** A form that says why something was refused, and keeps what was typed. */
function form(label: string, fields: HTMLElement[], send: () => Promise<void>): HTMLFormElement {
  const state = element('p', { role: 'alert' })
  const made = element('form', {}, ...fields, element('button', { className: 'primary' }, label), state)
  made.onsubmit = async (event) => {
    event.preventDefault()
    try {
      await send()
    } catch (error) {
      state.textContent = error instanceof Error ? error.message : String(Object(error).message)
    }
  }
  return made
}
