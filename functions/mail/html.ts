/** HTML that may be put into HTML as it is. */
export interface Html {
  html: string
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A template whose values are text: whatever a person typed is shown, and never read as markup. */
export function html(parts: TemplateStringsArray, ...values: (string | Html | Html[])[]): Html {
  const inserted = values.map((value) =>
    typeof value === 'string'
      ? escapeHtml(value)
      : [value]
          .flat()
          .map((each) => each.html)
          .join(''),
  )
  return { html: String.raw({ raw: parts }, ...inserted) }
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
}
