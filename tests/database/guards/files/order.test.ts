import { expect, it } from 'vitest'
import { lineAt, type SqlFile, sqlFiles, withoutComments } from './sql-files.ts'

// A subject uses those with lower numbers only. Inside a folder, the body of a function may name what loads later.

it('no file refers to an object of a folder with a higher number', () => {
  expect(pointingUp(sqlFiles)).toEqual([])
})

it('the rule is one that a file can break', () => {
  const [lower, higher] = ['10_a/20_a.sql', '15_b/10_b.sql']
  const declared = {
    path: higher,
    text: 'create table public.things ();\ncreate type private.kind as enum ();',
  }
  const user = (text: string) => [{ path: lower, text }, declared]
  expect(pointingUp(user('-- see public.things\nselect from public.thing'))).toEqual([])
  expect(pointingUp(user('\nselect from public.things'))).toEqual([
    `${lower}:2 names public.things of ${higher}`,
  ])
  expect(pointingUp(user('create function f(private.kind)'))).toHaveLength(1)
  expect(pointingUp([{ path: '15_b/05_b.sql', text: 'select from public.things' }, declared])).toEqual([])
})

function pointingUp(files: SqlFile[]): string[] {
  const folderOf = (path: string) => path.slice(0, path.indexOf('/'))
  const declared = new Map<string, string>()
  for (const { path, text } of files)
    for (const [, name = ''] of text.matchAll(
      /create (?:or replace )?(?:function|table|view|type|domain|sequence) ((?:public|private)\.\w+)/g,
    ))
      if (!declared.has(name)) declared.set(name, path)
  return files.flatMap(({ path, text }) =>
    [...withoutComments(text).matchAll(/\b(?:public|private)\.\w+/g)]
      .filter(([name]) => folderOf(declared.get(name) ?? '') > folderOf(path))
      .map(
        ({ 0: name, index }) =>
          `${path}:${lineAt(withoutComments(text), index)} names ${name} of ${declared.get(name)}`,
      ),
  )
}
