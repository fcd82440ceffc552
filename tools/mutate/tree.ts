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
import { applyEdit, type Mutation } from './mutation.ts'
import { isTypescript } from './typescript-mutations.ts'

/** A copy of the tree to edit, so that nothing is left behind in the work tree whatever happens. */
export interface Tree extends Disposable {
  root: string
  /**
   * Writes an edit into the copy, and the original into the file that was edited before; null for the original alone.
   *
   * @returns false where what comes out is no TypeScript; SQL is for the database to judge
   */
  edit(mutation: Mutation | null): boolean
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
  let edited: string | undefined
  const tree: Tree = {
    root: copy,
    edit(mutation) {
      if (edited) cpSync(join(root, edited), join(copy, edited))
      edited = mutation?.file
      if (!mutation) {
        writeMigration(copy)
        return true
      }
      const text = applyEdit(readFileSync(join(root, mutation.file), 'utf8'), mutation)
      writeFileSync(join(copy, mutation.file), text)
      writeMigration(copy)
      return !mutation.file.endsWith('.ts') || isTypescript(text)
    },
    [Symbol.dispose]: () => rmSync(copy, { recursive: true, force: true }),
  }
  tree.edit(null)
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
