import type { Notification } from '../../../types/index.ts'
import type { Client } from './client.ts'
import { button } from './controls.ts'
import { element } from './element.ts'
import { latest } from './latest.ts'
import { headerPanel } from './panel.ts'

const most = 10

/** A bell that says how much is unread and opens what there is to read, which `read` keeps up to date. */
export function notificationBell(supabase: Client) {
  const count = element('span', { className: 'count' })
  const list = element('ul', { className: 'notifications' })
  const markAll = button('Mark all as read', () => mark())
  const bell = headerPanel(['Notifications ', count], list)

  const mark = async (ids?: string[]) => {
    await supabase.rpc('mark_notifications', { ...(ids && { ids }) }).throwOnError()
    await read()
  }
  const item = ({ id, title, body, updatedAt, readAt }: Notification) => {
    const time = element('time', { dateTime: updatedAt }, new Date(updatedAt).toLocaleString())
    // Text, and never HTML: a title has the names of other people in it.
    const made = element(
      'li',
      {},
      element('strong', {}, title),
      ...(body ? [element('p', {}, body)] : []),
      time,
    )
    if (!readAt) made.append(button('Mark as read', () => mark([id])))
    made.toggleAttribute('data-unread', !readAt)
    return made
  }
  const ask = latest()
  const read = async () => {
    const isLatest = ask()
    const [page, session] = await Promise.all([
      supabase.rpc('list_notifications', { per_page: most }).throwOnError(),
      supabase.rpc('session_context').throwOnError(),
    ])
    if (!isLatest()) return
    const { notifications } = page.data
    const unread = session.data.unreadNotifications
    count.textContent = unread === 0 ? '' : unread < 100 ? `${unread}` : '99+'
    markAll.hidden = unread === 0
    list.replaceChildren(
      ...notifications.map(item),
      element('li', {}, notifications.length ? markAll : 'Nothing yet.'),
    )
  }
  return { bell, read }
}
