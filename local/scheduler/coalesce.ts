/**
 * Makes calls that come while `work` is on into one more run after it, so that work never overlaps itself and
 * no call goes unseen. What `work` throws goes to `failed`.
 */
export function coalesce(
  work: () => Promise<void>,
  failed: (error: unknown) => void,
): { (): void; settled(): Promise<void> } {
  let running: Promise<void> | undefined
  let again = false
  const run = async () => {
    do {
      again = false
      await work().catch(failed)
    } while (again)
    running = undefined
  }
  const call = () => {
    again = true
    running ??= run()
  }
  return Object.assign(call, { settled: () => running ?? Promise.resolve() })
}
