import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Mutation, nameMutation } from './mutation.ts'

const file = 'tools/mutate/equivalents.txt'

/**
 * The edits that nobody can tell from the original, by name, each with the reason: in the file, a reason is a line
 * `# …`, and the names of its edits follow.
 */
export function readEquivalents(root: string): Map<string, string> {
  const equivalents = new Map<string, string>()
  let reason = ''
  for (const line of readFileSync(join(root, file), 'utf8').split('\n')) {
    if (line.startsWith('# ')) reason = line.slice(2)
    else if (line !== '') equivalents.set(line, reason)
  }
  return equivalents
}

/**
 * The name of each edit of a tree, given all of them in the order of the text: where several are alike, the second is
 * `… (2)`.
 */
export function nameAll(root: string, mutations: Mutation[]): Map<Mutation, string> {
  const texts = new Map<string, string>()
  const times = new Map<string, number>()
  return new Map(
    mutations.map((mutation) => {
      const text = texts.get(mutation.file) ?? readFileSync(join(root, mutation.file), 'utf8')
      texts.set(mutation.file, text)
      const name = nameMutation(mutation, text)
      const time = (times.get(name) ?? 0) + 1
      times.set(name, time)
      return [mutation, time > 1 ? `${name} (${time})` : name]
    }),
  )
}
