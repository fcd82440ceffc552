import { mutationKinds } from './mutation.ts'
import { subjectOf } from './subjects.ts'
import type { Trial } from './trial.ts'

/** How much of what was tried was noticed, by subject and by kind, and what survived, by kind. */
export function report(trials: Trial[], describe: (trial: Trial) => string): string {
  const counted = trials.filter(({ verdict }) => verdict !== 'does not load')
  const bySubject = Map.groupBy(counted, ({ mutation }) => subjectOf(mutation.file))
  const byKind = Map.groupBy(counted, ({ mutation }) => mutation.kind)
  const survivors = mutationKinds.flatMap((kind) => {
    const survived = (byKind.get(kind) ?? []).filter(({ verdict }) => verdict === 'survived')
    return survived.length > 0 ? [`${kind}:`, ...survived.map((trial) => `  ${describe(trial)}`)] : []
  })
  return [
    ...table('subject', bySubject),
    '',
    ...table('kind', byKind),
    '',
    ratio('all', counted),
    `${trials.length - counted.length} edits do not load and are not counted.`,
    '',
    survivors.length > 0 ? `Survivors${untriedOf(counted)}` : 'Nothing survived.',
    ...survivors,
  ].join('\n')
}

/** How many of the survivors another test may still notice. */
function untriedOf(trials: Trial[]): string {
  const left = trials.filter(({ verdict, untried }) => verdict === 'survived' && untried > 0).length
  return left > 0 ? `; ${left} of them did not meet every test before time was up` : ''
}

function table(title: string, groups: Map<string, Trial[]>): string[] {
  const rows = [...groups].sort(([a], [b]) => a.localeCompare(b))
  return [`| ${title} | noticed | |`, '|---|---|---|', ...rows.map(([name, trials]) => ratio(name, trials))]
}

function ratio(name: string, trials: Trial[]): string {
  const noticed = trials.filter(({ verdict }) => verdict === 'noticed').length
  const percentage = trials.length > 0 ? Math.round((100 * noticed) / trials.length) : 100
  return `| ${name} | ${noticed} of ${trials.length} | ${percentage} % |`
}
