import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runCommandLine } from '../support/stack/command-line.ts'
import { createProject, type TestProject } from '../support/stack/project.ts'

let disk: string
let mounted: boolean
let project: TestProject

beforeEach(async () => {
  disk = mkdtempSync(join(tmpdir(), 'disk-'))
  mounted = mount('20m')
  project = await createProject()
})

afterEach(() => {
  if (mounted) spawnSync('umount', [disk])
  rmSync(disk, { recursive: true, force: true })
  project.remove()
})

/** A small disk of its own; only root may make one. */
function mount(size: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'tmpfs', disk]).status === 0
}

it('a full disk is one sentence, and leaves no process', async ({ skip }) => {
  if (!mounted) skip('this user may not mount a disk')
  cpSync(join(project.root, 'supabase'), join(disk, 'supabase'), { recursive: true })
  const { code, output } = await runCommandLine('start', '--workdir', disk).ended
  expect(code).toBe(1)
  expect(output).toContain('The disk is full: free some space and try again.')
  expect(output).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m)
})
