import { connect } from './client.ts'
import { element } from './element.ts'
import { signIn } from './sign-in.ts'
import { openWorkspace } from './workspace.ts'

const page = document.querySelector('main') ?? document.body
const supabase = await connect()
let close: (() => Promise<void>) | undefined
let shownUser: string | undefined | null = null

let work: Promise<void> = Promise.resolve()
/** One step after another, also where they take their time: a client is in one workspace at a time. */
function next(step: () => Promise<void>): void {
  work = work.then(step).catch((error: Error) => {
    page.replaceChildren(element('p', { role: 'alert' }, error.message))
  })
}

async function show(userId: string | undefined): Promise<void> {
  if (userId === shownUser) return
  shownUser = userId
  await reopen()
}

async function reopen(): Promise<void> {
  // Nobody sees what was another's while it is being left.
  page.replaceChildren()
  const closing = close?.()
  close = undefined
  await closing
  if (shownUser) close = await openWorkspace(supabase, page, () => next(reopen))
  else page.replaceChildren(signIn(supabase))
}

supabase.auth.onAuthStateChange((_event, session) => {
  // Not inside of the callback, in which the client waits for itself.
  setTimeout(() => next(() => show(session?.user.id)))
})
