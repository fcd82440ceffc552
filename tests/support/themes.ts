import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Theme, themeSchema } from '../../types/theme.ts'

/** The default theme as the front end has it, byte for byte its document. */
export const contractTheme: Theme = themeSchema.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, '../contract/theme.default.json'), 'utf8')),
)

/** The parts of the default theme that a row of themes is made of. */
export const themeColumns = {
  name: 'Paper',
  version: '1.2.3',
  colors: contractTheme.colors,
  radius: contractTheme.radius,
}
