import type { Mutation } from './mutation.ts'
import type { TestPlan } from './subjects.ts'
import type { Suite } from './suite.ts'
import type { Tree } from './tree.ts'

/** What became of a mutation. */
export interface Trial {
  mutation: Mutation
  /** `survived` is said of what passed the tests that it was tried on. */
  verdict: 'noticed' | 'survived' | 'does not load'
  /** The test that failed. */
  noticedBy?: string
  /** Tests that have not had their turn: what survived may be noticed by one of them. */
  untried: number
}

export interface Trials {
  tree: Tree
  suite: Suite
  plan(mutation: Mutation): TestPlan
  /** Whether there is time for another one. */
  isTime(): boolean
  onTrial(trial: Trial): void
}

/** A test that fails once and then passes noticed nothing: a busy machine did. */
export async function judge(trial: Trial, files: string[], suite: Suite): Promise<void> {
  trial.verdict = 'survived'
  let left = files
  while (left.length > 0) {
    const failure = await suite.firstFailure(left)
    if (failure === null) return
    const file = fileOf(failure)
    const isOneFile = left.includes(file)
    if ((await suite.firstFailure(isOneFile ? [file] : left)) !== null) {
      trial.verdict = 'noticed'
      trial.noticedBy = failure
      return
    }
    left = isOneFile ? left.filter((each) => each !== file) : []
  }
}

/** The file of a failure, `file > test`. */
export function fileOf(failure: string): string {
  return failure.split(' > ')[0] ?? ''
}

/**
 * Files that fail without an edit too, as far as they noticed one: what they say of an edit is nothing.
 */
export async function unreliableFiles(trials: Trial[], suite: Suite): Promise<string[]> {
  const files = [...new Set(trials.flatMap(({ noticedBy }) => (noticedBy ? [fileOf(noticedBy)] : [])))]
  const unreliable: string[] = []
  for (;;) {
    const left = files.filter((file) => !unreliable.includes(file))
    const failure = left.length > 0 ? await suite.firstFailure(left) : null
    if (failure === null || !left.includes(fileOf(failure))) return unreliable
    unreliable.push(fileOf(failure))
  }
}
