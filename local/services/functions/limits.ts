/** What a function may use. */
export interface FunctionLimits {
  /** Of a process, beside the files that it has mapped. */
  memoryBytes: number
  /** CPU time without having answered a request in full. */
  cpuMilliseconds: number
  /** The life of a process; from half of it on it takes no more requests. */
  wallClockMilliseconds: number
  /** From a request to the head of its answer. */
  idleMilliseconds: number
  /** From the start of a process until it takes requests. */
  bootMilliseconds: number
  /** What a process that was replaced has for the work that it goes on with. */
  retirementMilliseconds: number
}

/** Those of Supabase; the last two, which it does not name, are our own. */
export const platformLimits: FunctionLimits = {
  memoryBytes: 256 * 2 ** 20,
  cpuMilliseconds: 2_000,
  wallClockMilliseconds: 400_000,
  idleMilliseconds: 150_000,
  bootMilliseconds: 10_000,
  retirementMilliseconds: 150_000,
}
