import { expect, it } from 'vitest'
import { runTools } from '../support/stack/command-line.ts'

it.each([
  [[], 'A command is needed.'],
  [['typos'], 'There is no command "typos".'],
  [['types', '--offset', '1'], "Unknown option '--offset'"],
  [['migration'], 'A migration has one name'],
  [['migration', 'add', 'notes'], 'A migration has one name'],
])('%j says what is wrong, and how it is right', async (words, sentence) => {
  const { code, output } = await runTools(...words).ended
  expect(code).toBe(1)
  expect(output).toContain(sentence)
  expect(output).toContain('Usage: npm run db:migration -- NAME')
})

it('--help shows how it is called, and is no failure', async () => {
  const { code, output } = await runTools('--help').ended
  expect(code).toBe(0)
  expect(output).toMatch(/^Usage: npm run db:migration -- NAME/)
})
