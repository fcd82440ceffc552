import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { type Theme, themeSchema } from '../../../types/theme.ts'
import { type Actor, actAs } from '../database/act.ts'
import { ours } from '../people/cast.ts'

const contractDocument = (name: string): Theme =>
  themeSchema.parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../contract', name), 'utf8')))

/** The themes that the front end has built in, byte for byte its documents. */
export const contractTheme = contractDocument('theme.default.json')
export const oceanTheme = contractDocument('theme.ocean.json')

/** The parts of the default theme that a row of themes is made of. */
export const themeColumns = {
  name: 'Paper',
  version: '1.2.3',
  colors: contractTheme.colors,
  radius: contractTheme.radius,
}

/** Makes a theme of `ours` as an actor, through the table; returns its id. */
export async function makeTheme(
  client: pg.Client,
  actor: Actor,
  visibility = 'workspace',
  columns: Record<string, unknown> = {},
): Promise<string> {
  const { rows } = await actAs<{ id: string }>(
    client,
    actor,
    `insert into public.themes (workspace_id, name, version, colors, radius, metadata, visibility)
     values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    [
      ours,
      ...['name', 'version', 'colors', 'radius', 'metadata'].map(
        (name) => ({ metadata: null, ...themeColumns, ...columns })[name],
      ),
      visibility,
    ],
  )
  return rows[0]?.id ?? ''
}
