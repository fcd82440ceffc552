import { html } from 'hono/html'

type Content = ReturnType<typeof html>

const style = html`<style>
  body { max-width: 34rem; margin: 8vh auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; color: #111; }
  .notice { padding: 0.6rem 0.9rem; border: 2px dashed #b45309; background: #fffbeb; }
  .alert { color: #b91c1c; }
  form { display: flex; flex-wrap: wrap; gap: 0.5rem; }
  button { padding: 0.5rem 0.9rem; font: inherit; cursor: pointer; }
  dt { color: #666; } dd { margin: 0 0 0.5rem; }
</style>`

/** A plain page, which says what it is before anything else. */
export function page(title: string, ...content: (Content | Promise<Content>)[]) {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><link rel="icon" href="data:,">${style}</head>
<body><main>
<p class="notice">This is a stand-in for Stripe. No money moves, and no card is asked for.</p>
<h1>${title}</h1>
${content}
</main></body>
</html>`
}

/** An amount as people read it. */
export function money(amount: number | null, currency: string | null): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency: currency ?? 'eur' }).format(
    (amount ?? 0) / 100,
  )
}

/** A button that does one thing. */
export function button(value: string, label: string) {
  return html`<button name="action" value="${value}">${label}</button> `
}
