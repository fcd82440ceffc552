import { fileOf, judge, type Trial, type Trials } from './trial.ts'

const filesAtOnce = 10

/**
 * Tries what survived on the tests that are left, all edits at once: each alone would take as long as the whole suite.
 * A file that passes with all of them notices none; one that fails is asked about halves, and halves of these, until
 * it is known which edits it notices alone. An edit may hide what another breaks, which then counts as survived.
 */
export async function tryTogether(survivors: Trial[], options: Trials): Promise<void> {
  const { suite, plan, isTime } = options
  const rests = new Map(survivors.map((trial) => [trial, plan(trial.mutation).others]))
  const meets = (trial: Trial, file: string) => rests.get(trial)?.includes(file) ?? false
  const files = [...new Set(interleaved([...rests.values()]))]
  for (let at = 0; at < files.length && isTime(); at += filesAtOnce) {
    const part = files.slice(at, at + filesAtOnce)
    const left = survivors.filter(
      (trial) => trial.verdict === 'survived' && part.some((file) => meets(trial, file)),
    )
    for await (const group of builtGroups(left, options)) {
      let [trials, unasked] = [group, part]
      let isTold = true
      while (unasked.length > 0) {
        const failure = await suite.firstFailure(unasked)
        if (!isTime()) return
        if (failure === null) break
        const file = unasked.find((each) => each === fileOf(failure))
        // What fails outside of every test says nothing of any.
        isTold = file !== undefined
        if (file === undefined) break
        await askFile(
          file,
          trials.filter((trial) => meets(trial, file)),
          options,
        )
        const unnoticed = trials.filter(({ verdict }) => verdict === 'survived')
        // It fails with several together, or failed once: of each alone it has said what it can.
        if (unnoticed.length === trials.length) unasked = unasked.filter((each) => each !== file)
        trials = unnoticed
        if (trials.length === 0 || !(await build(trials, options))) break
      }
      if (!isTold) continue
      for (const trial of trials) trial.untried -= part.filter((file) => meets(trial, file)).length
    }
  }
}

/** Judges each of some edits, with all of which together a file failed. */
async function askFile(file: string, trials: Trial[], options: Trials): Promise<void> {
  if (trials.length === 0 || !options.isTime()) return
  const [only] = trials
  if (trials.length === 1 && only) {
    if (!(await build(trials, options))) return
    await judge(only, [file], options.suite)
    return only.verdict === 'noticed' ? options.onTrial(only) : undefined
  }
  for (const half of halvesOf(trials))
    if (half.length === 1 || !(await build(half, options)) || (await options.suite.firstFailure([file])))
      await askFile(file, half, options)
}

/** As few groups as load with all of their edits at once; each is what is built when it comes. */
async function* builtGroups(trials: Trial[], options: Trials): AsyncGenerator<Trial[]> {
  if (trials.length === 0) return
  if (await build(trials, options)) yield trials
  else if (trials.length > 1) for (const half of halvesOf(trials)) yield* builtGroups(half, options)
}

async function build(trials: Trial[], { tree, suite }: Trials): Promise<boolean> {
  return tree.edit(...trials.map(({ mutation }) => mutation)) && (await suite.rebuild())
}

function halvesOf(trials: Trial[]): Trial[][] {
  const middle = Math.ceil(trials.length / 2)
  return [trials.slice(0, middle), trials.slice(middle)]
}

/** The first of each list, then the second of each: what is near to one of them comes early. */
function interleaved(lists: string[][]): string[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length))
  return Array.from({ length: longest }, (_, place) =>
    lists.flatMap((list) => list.slice(place, place + 1)),
  ).flat()
}
