import { connect } from './client.ts'
import { element } from './element.ts'
import { signIn } from './sign-in.ts'
import { openWorkspace } from './workspace.ts'

const page = document.querySelector('main') ?? document.body
const supabase = await connect()
let close: (() => Promise<void>) | undefined
let shownUser: string | undefined | null = null

async function show(userId: string | undefined): Promise<void> {
  if (userId === shownUser) return
  shownUser = userId
  await close?.()
  close = undefined
  if (userId) close = await openWorkspace(supabase, page)
  else page.replaceChildren(signIn(supabase))
}

supabase.auth.onAuthStateChange((_event, session) => {
  // Not inside of the callback, in which the client waits for itself.
  setTimeout(() => {
    show(session?.user.id).catch((error: Error) => {
      page.replaceChildren(element('p', { role: 'alert' }, error.message))
    })
  })
})
