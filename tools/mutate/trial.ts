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

const filesAtOnce = 10

interface Trials {
  tree: Tree
  suite: Suite
  plan(mutation: Mutation): TestPlan
  /** Whether there is time for another one. */
  isTime(): boolean
  onTrial(trial: Trial): void
}

/** Tries each on the tests that are nearest to it; then, while there is time, what survived on the next. */
export async function tryAll(mutations: Mutation[], { tree, suite, plan, isTime, onTrial }: Trials) {
  const trials: Trial[] = []
  for (const mutation of mutations) {
    if (!isTime()) break
    const [first = [], ...others] = plan(mutation)
    const trial: Trial = { mutation, verdict: 'does not load', untried: others.flat().length }
    if (tree.edit(mutation) && (await suite.rebuild())) await judge(trial, first, suite)
    // Broken off in the middle, it would count as survived.
    if (trial.verdict === 'survived' && !isTime()) break
    trials.push(trial)
    onTrial(trial)
  }
  for (let wave = 1; isTime(); wave += 1) {
    const left = trials.filter(({ verdict, untried }) => verdict === 'survived' && untried > 0)
    if (left.length === 0) break
    for (const trial of left) {
      if (!isTime()) break
      tree.edit(trial.mutation)
      await suite.rebuild()
      await meet(trial, plan(trial.mutation)[wave] ?? [], { suite, isTime })
      onTrial(trial)
    }
  }
  tree.edit(null)
  await suite.rebuild()
  return trials
}

/** In parts, since a wave may take minutes and time may be up in between. */
async function meet(trial: Trial, files: string[], { suite, isTime }: Pick<Trials, 'suite' | 'isTime'>) {
  for (let at = 0; at < files.length && trial.verdict === 'survived' && isTime(); at += filesAtOnce) {
    const part = files.slice(at, at + filesAtOnce)
    await judge(trial, part, suite)
    // What was broken off was tried on nothing.
    if (isTime()) trial.untried -= part.length
  }
}

/** A test that fails once and then passes noticed nothing: a busy machine did. */
async function judge(trial: Trial, files: string[], suite: Suite): Promise<void> {
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
function fileOf(failure: string): string {
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
