/** Why a process does not answer: it did not start, used more than it may, or fell. */
export type Ending = 'boot' | 'limit' | 'error'

/** A process that serves a function, and where. */
export interface Place {
  process: string
  socketPath: string
}

/** The processes of the functions, as those who bring requests to them see them. */
export interface FunctionsLink {
  /** A place for one request, which is given back with `leave`; starts a process where none runs. */
  enter(name: string): Promise<Place | { failed: Ending }>
  /** `answered`: in full. */
  leave(process: string, answered: boolean): void
  /** Why a process has let go of a request. */
  ending(process: string): Promise<Ending>
}
