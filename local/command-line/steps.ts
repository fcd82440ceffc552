import { Listr, PRESET_TIMER } from 'listr2'

/** Shows a step while it is done, and how long it took: a spinner in a terminal, a line each elsewhere. */
export async function showStep<T>(title: string, work: () => Promise<T>): Promise<T> {
  const results: T[] = []
  await new Listr(
    [
      {
        title,
        task: async () => {
          results.push(await work())
        },
      },
    ],
    {
      registerSignalListeners: false,
      rendererOptions: { timer: PRESET_TIMER, showErrorMessage: false, collapseErrors: false },
      fallbackRendererOptions: { timer: PRESET_TIMER },
    },
  ).run()
  const [result] = results
  return result as T
}
