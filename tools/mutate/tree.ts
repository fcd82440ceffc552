import {
  chmodSync,
  cpSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyEdits, type Mutation } from './mutation.ts'
import { isTypescript } from './typescript-mutations.ts'

/** A copy of the tree to edit, so that nothing is left behind in the work tree whatever happens. */
export interface Tree extends Disposable {
  root: string
  /**
   * Writes edits into the copy, and the original into what was edited before; without any, the original alone.
   *
   * @returns false where what comes out is no TypeScript, or one edit is inside of another; SQL is for the database to
   *   judge
   */
  edit(...mutations: Mutation[]): boolean
}

const notCopied = new Set(['node_modules', '.git', '.stack', 'dist'])

export function copyTree(root: string): Tree {
  const copy = mkdtempSync(join(tmpdir(), 'mutate-'))
  // Postgres runs as another user where this is root.
  chmodSync(copy, 0o755)
  cpSync(root, copy, {
    recursive: true,
    filter: (source) => !notCopied.has(source.slice(root.length + 1)),
  })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  let edited: string[] = []
  const tree: Tree = {
    root: copy,
    edit(...mutations) {
      for (const file of edited) cpSync(join(root, file), join(copy, file))
      const byFile = Map.groupBy(mutations, ({ file }) => file)
      edited = [...byFile.keys()]
      let isWhole = true
      for (const [file, edits] of byFile) {
        const text = applyEdits(readFileSync(join(root, file), 'utf8'), edits)
        if (text === undefined || (file.endsWith('.ts') && !isTypescript(text))) isWhole = false
        else writeFileSync(join(copy, file), text)
      }
      writeMigration(copy)
      return isWhole
    },
    [Symbol.dispose]: () => rmSync(copy, { recursive: true, force: true }),
  }
  tree.edit()
  return tree
}

/**
 * The tests migrate their databases. Here `sql/` itself is the one migration: what the generated ones were derived
 * from, without the derivation, which takes longer than most tests.
 */
function writeMigration(root: string): void {
  for (const file of globSync('supabase/migrations/*.sql', { cwd: root })) rmSync(join(root, file))
  const isData = (file: string) => file.includes('/data/')
  const files = globSync('sql/**/*.sql', { cwd: root }).sort()
  const text = [...files.filter((file) => !isData(file)), ...files.filter(isData)]
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n')
  writeFileSync(join(root, 'supabase/migrations/20000101000000_declared.sql'), text)
}
