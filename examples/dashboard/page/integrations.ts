import type { DeliveryPage, Destination, DestinationInput, Integration } from '../../../types/index.ts'
import type { Client } from './client.ts'
import { attemptIn, form } from './controls.ts'
import { element } from './element.ts'
import { latest } from './latest.ts'
import { headerPanel } from './panel.ts'

const paused: Record<Destination['status'], string> = {
  active: '',
  paused: ' (paused)',
  failed: ' (paused: nothing was delivered for a day)',
  gone: ' (paused: it is gone)',
}
const chosenAtFirst = ['workspace.updated', 'view.arranged', 'member.added']

/** For who manages integrations: what the workspace is connected to, where its events go, and what became of each. */
export function integrationsPanel(
  supabase: Client,
  workspace_id: string,
  permissions: readonly string[],
): HTMLDetailsElement {
  const catalog = element('ul', { className: 'catalog' })
  const place = element('div', { className: 'destinations' })
  const problem = element('p', { role: 'alert' })
  const told = element('p', { role: 'status' })
  const addition = element('div')
  const panel = headerPanel(['Integrations'], element('section', {}, problem, told, catalog, place, addition))

  const attempt = (work: () => Promise<void>) =>
    attemptIn(
      problem,
      async () => {
        await work()
        await read()
      },
      place,
    )
  const ask = latest()
  const read = async () => {
    const isLatest = ask()
    const [{ data: integrations }, { data: destinations }] = await Promise.all([
      supabase.rpc('list_integrations', { workspace_id }).throwOnError(),
      supabase.rpc('list_destinations', { workspace_id }).throwOnError(),
    ])
    const logs = await Promise.all(destinations.map(({ id }) => deliveriesOf(id)))
    if (!isLatest()) return
    catalog.replaceChildren(...integrations.map(catalogEntry))
    place.replaceChildren(
      ...destinations.map((destination, index) => destinationEntry(destination, logs[index] ?? [])),
    )
    if (addition.childElementCount === 0) addition.replaceChildren(await additionForm(integrations))
  }
  const deliveriesOf = async (destination_id: string) => {
    const { data } = await supabase
      .rpc('list_deliveries', { workspace_id, destination_id, per_page: 5 })
      .throwOnError()
    return data.deliveries
  }

  const destinationEntry = ({ id, name, kind, status, url }: Destination, log: DeliveryPage['deliveries']) =>
    element(
      'section',
      {},
      element('strong', {}, `${name}${paused[status]}`),
      element('p', {}, `${kind}, ${url}`),
      element(
        'div',
        { className: 'actions' },
        act('Send a test', async () => {
          await supabase.rpc('send_test_event', { workspace_id, destination_id: id }).throwOnError()
        }),
        act('Look again', async () => {}),
        act('Send again what was given up', async () => {
          await supabase.rpc('replay_deliveries', { workspace_id, destination_id: id }).throwOnError()
        }),
        act('Delete', async () => {
          await supabase.rpc('delete_destination', { workspace_id, id }).throwOnError()
        }),
      ),
      element('ol', { className: 'deliveries' }, ...log.map(deliveryEntry)),
    )
  const act = (label: string, work: () => Promise<void>) =>
    element('button', { type: 'button', onclick: () => attempt(work) }, label)

  const additionForm = async (integrations: Integration[]) => {
    const { data } = await supabase
      .from('integration_events')
      .select('key, description, permission')
      .order('position')
      .throwOnError()
    const kind = element(
      'select',
      { ariaLabel: 'Kind' },
      ...integrations
        .filter(({ direction, isAvailable }) => direction === 'out' && isAvailable)
        .map(({ key, name }) => element('option', { value: key }, name)),
    )
    const name = element('input', { required: true, maxLength: 100, placeholder: 'Name' })
    const url = element('input', {
      required: true,
      type: 'url',
      placeholder: 'https://hooks.slack.com/services/…',
    })
    const events = element(
      'select',
      { ariaLabel: 'Events', multiple: true, size: 6 },
      ...data
        .filter(({ permission }) => permissions.includes(permission))
        .map(({ key, description }) =>
          element('option', { value: key, selected: chosenAtFirst.includes(key) }, description),
        ),
    )
    const made = form('Connect', [kind, name, url, events], async () => {
      const document = {
        kind: kind.value,
        name: name.value,
        url: url.value,
        events: [...events.selectedOptions].map(({ value }) => value),
      } as DestinationInput
      const saved = await supabase.rpc('save_destination', { workspace_id, document }).throwOnError()
      const { secret } = saved.data
      told.textContent = secret ? `Keep this secret, it is not shown again: ${secret}` : ''
      made.reset()
      await read()
    })
    return made
  }
  panel.addEventListener('toggle', () => panel.open && attempt(async () => {}))
  return panel
}

function catalogEntry({ name, description, isAvailable, connected }: Integration): HTMLLIElement {
  const count = connected.length > 0 ? `: ${connected.map((one) => one.name).join(', ')}` : ''
  return element('li', { title: description }, `${name}${isAvailable ? '' : ' (premium)'}${count}`)
}

function deliveryEntry({
  type,
  status,
  attempts,
  createdAt,
}: DeliveryPage['deliveries'][number]): HTMLLIElement {
  const [latest] = attempts
  const answer = latest ? ` (${latest.status ?? latest.outcome})` : ''
  return element(
    'li',
    {},
    `${type}: ${status}${answer} `,
    element('time', { dateTime: createdAt }, new Date(createdAt).toLocaleTimeString()),
  )
}
