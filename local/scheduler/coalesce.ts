/**
 * Makes calls that come while `work` is on into one more run after it, so that work never overlaps itself and
 * no call goes unseen. What `work` throws goes to `failed`. `stop` takes no more calls, and resolves when nothing runs.
 */
export function coalesce(
  work: () => Promise<void>,
  failed: (error: unknown) => void,
): { (): void; stop(): Promise<void> } {
  let running: Promise<void> | undefined
  let again = false
  let isStopped = false
  const run = async () => {
    do {
      again = false
      await work().catch(failed)
    } while (again && !isStopped)
    running = undefined
  }
  const call = () => {
    if (isStopped) return
    again = true
    running ??= run()
  }
  const stop = () => {
    isStopped = true
    return running ?? Promise.resolve()
  }
  return Object.assign(call, { stop })
}
