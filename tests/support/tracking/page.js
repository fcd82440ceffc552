import { createClient } from '@supabase/supabase-js'
import { createPageFetch } from '../../../types/page-fetch.ts'
import { createTracker } from '../../../types/tracker.ts'

// A page that tells of its use, for a real browser: its button asks the project for something and shows how long that
// took. The address of the project, and whether it tells of anything, stand in the address of the page. Somebody is
// signed in, as clients keep it.

const asked = new URL(location.href).searchParams
const user = {
  id: '00000000-0000-4000-8000-000000000001',
  aud: 'authenticated',
  app_metadata: {},
  user_metadata: {},
}
localStorage.setItem(
  'session',
  JSON.stringify({
    access_token: 'ada',
    refresh_token: 'ada',
    token_type: 'bearer',
    expires_in: 3_600,
    expires_at: Math.floor(Date.now() / 1_000) + 3_600,
    user,
  }),
)
const page = createPageFetch()
const supabase = createClient(asked.get('project'), 'sb_publishable_x', {
  auth: { storageKey: 'session' },
  global: { fetch: page.fetch },
})
const tracker = createTracker(supabase, asked.get('workspace'), { every: Number(asked.get('every')), page })
const isTold = asked.get('told') === 'true'
document.addEventListener('visibilitychange', tracker.leave)

const button = document.body.appendChild(document.createElement('button'))
const times = []
button.onclick = async () => {
  const begun = performance.now()
  if (isTold) for (let count = 0; count < 50; count += 1) tracker.used('search_used')
  await supabase.rpc('ask').throwOnError()
  button.textContent = String(times.push(performance.now() - begun))
}

/** Clicks so many times, each once the last was answered: the milliseconds of each, and the longest pause of the page. */
globalThis.clickThrough = async (clicks) => {
  let pause = 0
  const pauses = new PerformanceObserver((list) => {
    pause = Math.max(pause, ...list.getEntries().map(({ duration }) => duration))
  })
  pauses.observe({ type: 'longtask' })
  for (let click = 1; click <= clicks; click += 1) {
    button.click()
    while (times.length < click) await new Promise((resolve) => setTimeout(resolve, 10))
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
  return { times, pause }
}
