import type { Client } from './client.ts'
import { element } from './element.ts'

/** The form, filled in with a demo account of the embedded stack. */
export function signIn(supabase: Client): HTMLFormElement {
  const email = element('input', {
    type: 'email',
    required: true,
    autocomplete: 'username',
    value: 'ada@example.com',
  })
  const password = element('input', {
    type: 'password',
    required: true,
    autocomplete: 'current-password',
    value: 'analytical-engine',
  })
  const problem = element('p', { role: 'alert' })
  const form = element(
    'form',
    { className: 'sign-in' },
    element('h1', {}, 'B-Dashboard'),
    element('label', {}, 'E-mail', email),
    element('label', {}, 'Password', password),
    element('button', { className: 'primary' }, 'Sign in'),
    problem,
  )
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const { error } = await supabase.auth.signInWithPassword({ email: email.value, password: password.value })
    problem.textContent = error?.message ?? ''
  })
  return form
}
