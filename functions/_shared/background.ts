/** Keeps the worker alive until something is done that the answer does not wait for. */
export type WaitUntil = (work: Promise<unknown>) => void

/** The platform's, where there is one: beside it the process simply lives on. */
export const waitUntil: WaitUntil = (work) => {
  const { EdgeRuntime } = globalThis as { EdgeRuntime?: { waitUntil: WaitUntil } }
  if (EdgeRuntime) EdgeRuntime.waitUntil(work)
  else void work
}
