import { expect, it } from 'vitest'
import { reportPage } from '../../tools/report/page.ts'
import { runReport } from '../support/stack/command-line.ts'

it('the report is a page without scripts, in which nothing is markup', () => {
  const day = {
    day: '2026-01-31',
    registrations: 3,
    people: 10,
    workspaces: 4,
    premiumWorkspaces: 1,
    premiumUse: { customRoles: 1 },
    activePeople: 7,
    activeWorkspaces: 2,
    viewsOpened: 40,
    errors: 0,
    features: { chat_asked: 2, '<script>alert(1)</script>': 1 },
    ai: { people: 2, workspaces: 1, calls: 5, credits: 1.25 },
    tickets: { opened: 1, firstAnswered: 1, open: 0 },
  }
  const few = {
    quarter: '2026-01-01',
    answers: 2,
    promoters: null,
    passives: null,
    detractors: null,
    score: null,
  }
  const page = reportPage({ from: '2026-01-31', to: '2026-01-31', days: [day], nps: [few] })
  expect(page).toContain('<td>2026-01-31</td><td>3</td><td>7</td>')
  expect(page).toContain('<td>chat_asked</td><td>2</td><td>2</td>')
  expect(page).toContain('<td>2026-01-01</td><td>2</td><td>too few</td>')
  expect(page).not.toContain('<script')
  expect(reportPage({ from: '2026-01-31', to: '2026-01-31', days: [], nps: [] })).toContain('Nothing yet.')
})

it('--help says that the days may be left out', async () => {
  const { code, output } = await runReport('--help').ended
  expect(code).toBe(0)
  expect(output).toMatch(/^Usage: npm run --silent report -- \[DAYS\].*without it 30/)
})
