import type { Presence } from '../../../types/index.ts'
import type { Client } from './client.ts'
import { element } from './element.ts'
import { latest } from './latest.ts'

const mostShown = 20

/**
 * Who is here, as a list that `show` keeps up to date. What people say of themselves is an id: the name is looked up
 * among the members, and who is none of them is left out.
 */
export function peopleList(supabase: Client, workspace_id: string) {
  const list = element('ul', { className: 'people', ariaLabel: 'Who is here' })
  const names = new Map<string, string>()
  const nameOf = async (user_id: string) => {
    const known = names.get(user_id)
    if (known !== undefined) return known
    const { data } = await supabase.rpc('get_member', { workspace_id, user_id })
    if (data) names.set(user_id, data.name)
    return data?.name
  }
  const ask = latest()
  const show = async (people: Presence[], viewId: string) => {
    const isLatest = ask()
    const named = await Promise.all(
      people.slice(0, mostShown).map(async (one) => ({ ...one, name: await nameOf(one.userId) })),
    )
    if (!isLatest()) return
    list.replaceChildren(
      ...named.flatMap(({ name, viewId: theirs }) => {
        if (name === undefined) return []
        const isHere = theirs === viewId
        const item = element(
          'li',
          { className: 'person', title: isHere ? name : `${name}, elsewhere` },
          initials(name),
        )
        if (!isHere) item.dataset.elsewhere = ''
        return [item]
      }),
    )
  }
  return { list, show }
}

function initials(name: string): string {
  const [first = '', ...rest] = name.split(' ').map((word) => [...word][0] ?? '')
  return first + (rest.at(-1) ?? '')
}
