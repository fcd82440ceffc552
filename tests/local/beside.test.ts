import { expect, it } from 'vitest'
import { type Beside, chooseBeside } from '../../local/stack/index.ts'

const one = (title: string, option?: string): Beside => ({
  title,
  option,
  variable: 'URL',
  port: 1,
  start: async () => ({ stop: async () => undefined }),
})
const all = [one('page'), one('first stand-in', 'first'), one('second stand-in', 'second')]
const titles = (asked: string[]) => chooseBeside(all, asked).map(({ title }) => title)

it('what needs no option runs beside the stack, and what was asked for', () => {
  expect(titles([])).toEqual(['page'])
  expect(titles(['second'])).toEqual(['page', 'second stand-in'])
  expect(titles(['first', 'second'])).toEqual(['page', 'first stand-in', 'second stand-in'])
})

it('what there is not is refused, with what there is', () => {
  expect(() => chooseBeside(all, ['third'])).toThrow('--with takes first or second, not "third".')
  expect(() => chooseBeside([one('page')], ['first'])).toThrow('There is nothing that --with could start')
})
