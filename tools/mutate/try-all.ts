import type { Mutation } from './mutation.ts'
import { tryTogether } from './together.ts'
import { judge, type Trial, type Trials } from './trial.ts'

/** Tries each on the tests that are nearest to it; then, while there is time, what survived on all others. */
export async function tryAll(mutations: Mutation[], options: Trials) {
  const { tree, suite, plan, isTime, onTrial } = options
  const trials: Trial[] = []
  for (const mutation of mutations) {
    if (!isTime()) break
    const { nearest, others } = plan(mutation)
    const trial: Trial = { mutation, verdict: 'does not load', untried: others.length }
    if (tree.edit(mutation) && (await suite.rebuild())) await judge(trial, nearest, suite)
    // Broken off in the middle, it would count as survived.
    if (trial.verdict === 'survived' && !isTime()) break
    trials.push(trial)
    onTrial(trial)
  }
  const survivors = trials.filter(({ verdict }) => verdict === 'survived')
  if (isTime()) await tryTogether(survivors, options)
  tree.edit()
  await suite.rebuild()
  return trials
}
