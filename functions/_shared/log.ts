/** The one line that a request leaves: nothing of its body, its headers, its address or the person. */
export interface RequestLine {
  function: string
  method: string
  status: number
  duration_ms: number
  trace_id: string
  /** The code of the error, if there was one. */
  code?: string
}

/** What was thrown and is no answer, as far as it may be told: where, never with which values. */
export interface FailureLine {
  function: string
  trace_id: string
  error: string
  /** The stack without the message, which may hold anything. */
  at: string[]
}

/** What a job of the clock came to. */
export interface CountsLine {
  function: string
  trace_id: string
  counts: Record<string, number>
  /** What failed by itself, where there are few: ids that another service gave, and codes. */
  failures?: { id: string; code: string }[]
}

export type LogLine = RequestLine | FailureLine | CountsLine
export type Log = (line: LogLine) => void

/** Writes a line of JSON, which the platform collects. */
export const writeLog: Log = (line) => console.log(JSON.stringify(line))

/** The class of an error and where it was thrown. */
export function failureOf(error: unknown): Pick<FailureLine, 'error' | 'at'> {
  if (!(error instanceof Error)) return { error: typeof error, at: [] }
  const { name, message, stack = '' } = error
  // A stack begins with the message, whose lines may look like those of a stack.
  const at = stack
    .slice(stack.indexOf(message) + message.length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 10)
    .map((line) => line.trim().slice(0, 200))
  return { error: name, at }
}
