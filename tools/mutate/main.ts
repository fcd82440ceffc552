/*
 * `npm run mutate`: breaks one rule at a time and asks whether a test notices.
 *
 * Edits are made in a copy of the tree, of `sql/` and of the gateway with its services, and the schema is built from
 * the edited `sql/`, never from the generated migrations. So tests that only compare generated files with `sql/` (see
 * subjects.ts) are left out: they would notice everything, and say nothing about the rules. An edit with which the
 * schema does not load is not counted.
 *
 * What it finds depends on the seed, by default the commit: each commit has its own sample. Ctrl-C
 * ends it early, with a report of what was tried.
 */
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readArguments, runCommand } from '../../local/command-line/index.ts'
import { StackError } from '../../local/stack/index.ts'
import { candidates } from './candidates.ts'
import { nameAll, readEquivalents } from './equivalents.ts'
import { describeMutation } from './mutation.ts'
import { report } from './report.ts'
import { sample } from './sample.ts'
import { createPlanner, subjectOf } from './subjects.ts'
import { openSuite } from './suite.ts'
import { copyTree } from './tree.ts'
import { type Trial, unreliableFiles } from './trial.ts'
import { tryAll } from './try-all.ts'

const usage = `Usage: npm run mutate -- [list] [--subject NAME] [--kind NAME] [--at FILE[:LINE]] [--tests PATH]
       [--count 100] [--minutes 60] [--seed TEXT]`

const root = join(import.meta.dirname, '../..')

await runCommand(async () => {
  const { words, options } = readArguments(usage, {
    subject: { type: 'string' },
    kind: { type: 'string' },
    at: { type: 'string', multiple: true },
    tests: { type: 'string', multiple: true },
    count: { type: 'string' },
    minutes: { type: 'string' },
    seed: { type: 'string' },
  })
  const isList = words[0] === 'list'
  if (words.length > (isList ? 1 : 0)) throw new StackError(usage)
  const count = positive('count', options.count ?? '100')
  const deadline = Date.now() + positive('minutes', options.minutes ?? '60') * 60_000
  const seed = options.seed ?? commit()
  const describe = ({ mutation }: Pick<Trial, 'mutation'>) =>
    describeMutation(mutation, readFileSync(join(root, mutation.file), 'utf8'))
  const places = options.at?.split(',')
  const isThere = (mutation: Trial['mutation']) => {
    const description = describe({ mutation })
    return (
      !places ||
      places.some((place) => [`${place}:`, `${place} `].some((start) => description.startsWith(start)))
    )
  }
  const all = candidates(root)
  const wanted = all.filter(isWanted(options)).filter(isThere)
  const [names, equivalents] = [nameAll(root, all), readEquivalents(root)]
  const noticeable = wanted.filter((mutation) => !equivalents.has(names.get(mutation) ?? ''))
  const chosen = sample(noticeable, seed).slice(0, count)
  if (chosen.length === 0) throw new StackError(`There is no such edit.\n${usage}`)
  if (isList) return console.log(chosen.map((mutation) => describe({ mutation })).join('\n'))

  const tests = options.tests
    ?.split(',')
    .flatMap((path) => globSync([path, `${path}/**/*.test.ts`], { cwd: root }))
  const nearest = tests?.filter((file) => file.endsWith('.test.ts'))
  const plan = nearest ? () => ({ nearest, others: [] }) : createPlanner(root)
  console.log(`${chosen.length} edits, seeded by ${seed}.`)
  const alike = wanted.length - noticeable.length
  if (alike > 0) console.log(`${alike} that make no difference (equivalents.txt) are not tried.`)
  using tree = copyTree(root)
  await using suite = await openSuite(tree.root)
  let isStopped = false
  process.on('SIGINT', () => {
    isStopped = true
    void suite.cancel()
  })
  const trials = await tryAll(chosen, {
    tree,
    suite,
    plan,
    isTime: () => !isStopped && Date.now() < deadline,
    onTrial: (trial) =>
      console.log(
        `${trial.verdict}: ${describe(trial)}${trial.noticedBy ? `\n  by ${trial.noticedBy}` : ''}`,
      ),
  })
  const unreliable = isStopped ? [] : await unreliableFiles(trials, suite)
  console.log(`\n${report(trials, describe)}`)
  if (unreliable.length > 0)
    throw new StackError(`These tests fail without any edit, and prove nothing: ${unreliable.join(', ')}.`)
})

function isWanted({ subject, kind }: Record<string, string | undefined>) {
  return (mutation: Trial['mutation']) =>
    (subject === undefined || subjectOf(mutation.file) === subject) &&
    (kind === undefined || mutation.kind === kind)
}

function positive(name: string, text: string): number {
  const number = Number(text)
  if (!(number > 0)) throw new StackError(`--${name} takes a number above 0, not "${text}".\n${usage}`)
  return number
}

function commit(): string {
  return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
}
