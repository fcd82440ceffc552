import { beforeEach, expect } from 'vitest'
import type { Json } from '../../../types/database.ts'
import { widget } from './layouts.ts'
import { type SharedView, sharedViewSuite } from './shared-view.ts'
import { storedState } from './view-calls.ts'

/** Stands in what is sent, and must not stand in what comes back. */
export const canary = 'canary-7f3a'

export const one = widget()

/** A document as JSON knows it, whatever its type says. */
export const asJson = (document: unknown): Json => JSON.parse(JSON.stringify(document))

interface BadInput {
  suite: () => SharedView
  /** The view is as it was, and the answer repeats nothing. */
  expectNothingWritten(text: string): Promise<void>
  /** A save that is refused at a place in the layout. */
  expectRefusal(layout: Json, path: string): Promise<void>
}

/** A view of one widget for each test, and what has to become of a request that nobody should send. */
export function badInputSuite(): BadInput {
  const suite = sharedViewSuite([one])
  let stored: Record<string, unknown>
  beforeEach(async () => {
    const { app, view } = suite()
    stored = await storedState(app.server, view.id)
  })
  async function expectNothingWritten(text: string) {
    const { app, view } = suite()
    expect(text).not.toContain(canary)
    expect(await storedState(app.server, view.id)).toEqual(stored)
  }
  return {
    suite,
    expectNothingWritten,
    async expectRefusal(layout, path) {
      const { ada, view } = suite()
      const { status, error } = await ada.supabase.rpc('save_layout', {
        view_id: view.id,
        layout,
        expected_version: view.version,
      })
      expect([status, error?.code, error?.details]).toEqual([400, 'invalid_input', path])
      await expectNothingWritten(JSON.stringify(error))
    },
  }
}
