import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareNames, fileNameFor, freeName } from '../../../tools/provision/file-names.ts'

describe('the name of a file', () => {
  it.each([
    ['Sales & Marketing', 'sales-marketing'],
    ['gauge@1.0.0', 'gauge@1.0.0'],
    ['Café Übersicht', 'cafe-ubersicht'],
    ['../../etc/passwd', 'etc-passwd'],
    ['..', 'unnamed-5ec1f7e7'],
    ['C:\\Windows\\System32', 'c-windows-system32'],
    ['CON', '_con'],
    ['nul.txt', '_nul.txt'],
    ['.hidden', 'hidden'],
    ['trailing. ', 'trailing'],
    ['__proto__', '__proto__'],
    ['a\0b', 'a-b'],
  ])('for %j is %j', (name, file) => {
    expect(fileNameFor(name)).toBe(file)
  })

  it('tells names of other scripts apart, by the same names each time', () => {
    const [sales, stock] = [fileNameFor('売上'), fileNameFor('在庫')]
    expect(sales).toMatch(/^unnamed-[0-9a-f]{8}$/)
    expect(stock).not.toBe(sales)
    expect(fileNameFor('売上')).toBe(sales)
  })

  it('is safe for every name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const file = fileNameFor(name)
        expect(file).toMatch(/^[a-z0-9_](?:[a-z0-9_.@-]{0,80})$/)
        expect(file).not.toContain('..')
        expect(file).not.toMatch(/^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:[.]|$)/)
      }),
    )
  })
})

it('of two files that differ in case only, one gets another name', () => {
  const taken = new Set(['overview'])
  expect(freeName('Overview', taken)).toBe('Overview-2')
  expect(freeName('overview', taken)).toBe('overview-3')
  expect(freeName('stock', taken)).toBe('stock')
})

it('names are in the order in which they were given', () => {
  const names = ['overview', 'overview-2', 'overview-10']
  expect([...names].reverse().sort(compareNames)).toEqual(names)
})
