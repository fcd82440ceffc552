import type { Conflict, Context } from './step.ts'

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A document and the configurations in it, each with its place. */
interface Asking {
  file: string
  configs: [place: string, config: Record<string, unknown>][]
}

/**
 * Which configurations ask a data source that the workspace does not have. A source is no file, and has another id in
 * every workspace.
 */
export function missingSources({ remote }: Context, documents: Asking[]): Conflict[] {
  return documents.flatMap(({ file, configs }) =>
    configs.flatMap(([place, { source }]) => {
      const id = typeof source === 'string' ? source.toLowerCase() : ''
      if (!uuid.test(id) || remote.sources.has(id)) return []
      const message =
        `There is no data source ${id} in this workspace, so no data is shown: ` +
        'make one there and give its id.'
      return [{ subject: `${file}: ${place}`, message }]
    }),
  )
}
