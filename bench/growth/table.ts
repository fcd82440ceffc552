/** A table of the report that says for each line whether it keeps its budget. */
export interface Table {
  markdown: string
  kept: boolean
}

export interface Line {
  name: string
  /** Milliseconds; undefined where nothing was measured. */
  figures: (number | undefined)[]
  kept: boolean
  /** What there is to say beside kept or MISSED. */
  note?: string
}

export function tableOf(title: string, head: string[], lines: Line[]): Table {
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`
  const body = lines.map(({ name, figures, kept, note }) =>
    row([
      name,
      ...figures.map((figure) => figure?.toFixed(2) ?? ''),
      [kept ? '' : 'MISSED', note].filter(Boolean).join(': ') || 'kept',
    ]),
  )
  const markdown = [`\n${title}\n`, row([...head, '']), row([...head, ''].map(() => '---')), ...body].join(
    '\n',
  )
  return { markdown, kept: lines.every(({ kept }) => kept) }
}
