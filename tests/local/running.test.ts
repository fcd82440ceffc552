import { mkdirSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { requireRunning } from '../../local/command-line/index.ts'
import { stackLocation, writeState } from '../../local/stack/index.ts'
import { createProject } from '../support/stack/project.ts'

// What a command says that needs a stack, and what it takes of one.

it('a stack that does not run is named beside those that do', async () => {
  const project = await createProject()
  onTestFinished(() => project.remove())
  const { directory } = stackLocation(project.root, 100)
  mkdirSync(directory, { recursive: true })
  const url = 'http://127.0.0.1:54421'
  const urls = { api: url, database: 'postgresql://127.0.0.1:54422', studio: url, mailbox: url }
  writeState(directory, { pid: process.pid, startedAt: new Date().toISOString(), urls, beside: [] })

  expect(() => requireRunning(project.root, 0)).toThrow(
    /The stack does not run: start it with "npm start"\.[\s\S]*\nAnother runs at "--port-offset 100": http/,
  )
  expect(requireRunning(project.root, 100)).toMatchObject({ directory, others: [], stack: { urls } })
})
