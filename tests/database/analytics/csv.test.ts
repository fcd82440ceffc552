import fc from 'fast-check'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { clientError } from '../../support/database/act.ts'
import { everybody, happened, rollUp } from '../../support/database/analytics.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, member, ours, outsider } from '../../support/people/cast.ts'
import { lacksFeature } from '../../support/people/plan.ts'

// What use comes to, as CSV: the same numbers, and no formula.

const story = policySuite()
const premiumStory = onPremium(story)

describe('as CSV', () => {
  const csv = (client: pg.Client, part: string, actor = admin) =>
    call<string>(client, actor, 'workspace_analytics_csv', [ours, '7d', part])

  it(
    'each part is the same numbers, and a name is never a formula',
    premiumStory(async (client) => {
      const view = await insertView(client, { name: '=HYPERLINK("https://evil", "x")' })
      await happened(client, everybody({ before: 1, view }))
      await rollUp(client)
      expect(await csv(client, 'views')).toBe(
        `key,name,value,previous\r\n${view},"'=HYPERLINK(""https://evil"", ""x"")",3,0\r\n,Others,0,0\r\n`,
      )
      expect(await csv(client, 'totals')).toContain('viewsOpened,3,0\r\n')
      const series = (await csv(client, 'series')).split('\r\n')
      expect(series).toHaveLength(9)
      expect(series[7]).toMatch(/Z,3,3,0,0$/)
      for (const part of ['widgets', 'features', 'errors', 'people'])
        expect(await csv(client, part)).toContain(',')
    }),
  )

  it(
    'a cell is quoted where a spreadsheet would run it, also in full width, and a number is none',
    story(async (client) => {
      const cell = async (value: string) =>
        (await client.query<{ cell: string }>('select private.csv_cell($1) as cell', [value])).rows[0]?.cell
      for (const formula of ['=1', '+1', '-1+2', '@a', '-1.2.3', '＝1', '＋1', '－1', '＠a'])
        expect(await cell(formula)).toBe(`"'${formula}"`)
      for (const separator of ['\t', '\n', '\r', '\u2028', ';', '|', '；', '؛'])
        for (const before of ['', 'A'])
          expect(await cell(`${before}${separator}=1`)).toBe(`"${before}${separator}'=1"`)
      for (const plain of ['1', '-1', '-1.5', 'Ada', '2026-01-02T03:04:05.678Z'])
        expect(await cell(plain)).toBe(plain)
      for (const text of ['a=b', 'Ada Lovelace', 'Ada, Grace', 'A;B', 'A\tB', 'A|B', 'A – B - C', 'x@y', 'é'])
        expect(await cell(text)).toBe(`"${text}"`)
      expect(await cell('Sales;=1+1')).toBe('"Sales;\'=1+1"')
      expect(await cell('A; "=1";-2')).toBe('"A; ""\'=1"";\'-2"')
    }),
  )

  /** The cells that a spreadsheet makes of a line: it sees quotes where a cell begins with one, and nowhere else. */
  const cellsOf = (line: string, { source }: RegExp) =>
    Array.from(
      line.matchAll(new RegExp(`(?:^|${source})(?:"((?:[^"]|"")*)(?:"|$))?((?:(?!${source})[^])*)`, 'g')),
      ([, quoted = '', rest = '']) => quoted.replaceAll('""', '"') + rest,
    )

  it(
    'no name is a formula in any spreadsheet, whatever that splits at',
    story(async (client) => {
      const names = fc.sample(
        fc.string({ unit: fc.constantFrom(...';,|\t\n\r\v\u2028；؛،"\' =+-@＝x1'), maxLength: 12 }),
        2_000,
      )
      const { rows } = await client.query<{ line: string }>(
        `select concat_ws(',', 'WK-1', private.csv_cell(n), '3', private.csv_cell(n), '0') as line
         from unnest($1::text[]) as n`,
        [names],
      )
      for (const separator of [/,/, /;/, /\t/, /[;\n\r\v\u2028]/, /\|/, /；/, /[؛،]/, /[,;\t]/])
        for (const [n, { line }] of rows.entries())
          expect(
            cellsOf(line, separator).filter((cell) => /^\s*[-=+@＝]/.test(cell) && !/^-[0-9]+$/.test(cell)),
            JSON.stringify([names[n], line, String(separator)]),
          ).toEqual([])
    }),
  )

  it(
    'all but the series and the basics is premium’s, and all of it for who holds analytics.read',
    story(async (client) => {
      expect(await csv(client, 'series')).toContain('at,activePeople')
      const measures = (await csv(client, 'totals')).split('\r\n').map((line) => line.split(',')[0])
      expect(measures).toEqual(['measure', 'activePeople', 'errors', 'refreshes', 'viewsOpened', ''])
      for (const part of ['views', 'widgets', 'features', 'errors', 'people'])
        expect(await clientError(csv(client, part))).toMatchObject(lacksFeature('analytics'))
      expect(await clientError(csv(client, 'secrets'))).toMatchObject({
        code: 'invalid_input',
        details: 'part',
      })
      expect(await clientError(csv(client, 'series', member))).toMatchObject({ code: 'permission_denied' })
      expect(await clientError(csv(client, 'series', outsider))).toMatchObject({ code: 'not_found' })
    }),
  )
})
