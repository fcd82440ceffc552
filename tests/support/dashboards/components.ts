import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { z } from 'zod'
import {
  type AvailableComponent,
  builtInComponentSchema,
  type CustomComponent,
} from '../../../types/component.ts'
import type { Actor } from '../database/act.ts'
import { call } from '../database/call.ts'
import { ours } from '../people/cast.ts'

/** The front end's registry, as it is. */
export const contractComponents = z
  .array(builtInComponentSchema)
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../contract/components.json'), 'utf8')))

/** A component that a workspace might publish. */
export const gauge: CustomComponent = {
  id: 'gauge',
  type: 'stats',
  version: '1.0.0',
  title: 'Gauge',
  description: 'How full the tank is.',
  icon: 'Gauge',
  allowedRoles: ['member', 'viewer'],
  sizeConfig: { minWidth: 1, maxWidth: 2, defaultWidth: 1, minHeight: 120 },
  defaultConfig: { unit: 'l', limit: 80 },
  configSchema: {
    type: 'object',
    properties: {
      unit: { type: 'string', maxLength: 10 },
      limit: { type: 'integer', minimum: 0, maximum: 100 },
    },
    required: ['unit'],
    additionalProperties: false,
  },
}

/** Puts a version of a component into a workspace as the owner of the tables, past every rule but the constraints. */
export async function insertComponent(
  client: pg.Client,
  workspaceId: string,
  changes: Partial<CustomComponent>,
): Promise<void> {
  const component = { ...gauge, ...changes }
  await client.query(
    'insert into public.components (workspace_id, key, type) values ($1, $2, $3) on conflict do nothing',
    [workspaceId, component.id, component.type],
  )
  await client.query(
    `insert into public.component_versions (workspace_id, component_key, version, title, description, icon,
       allowed_roles, size_config, default_config, config_schema, data_schema, title_key, description_key)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      workspaceId,
      component.id,
      component.version,
      component.title,
      component.description,
      component.icon,
      component.allowedRoles,
      component.sizeConfig,
      component.defaultConfig,
      component.configSchema,
      component.dataSchema ?? null,
      component.titleKey ?? null,
      component.descriptionKey ?? null,
    ],
  )
}

/** Publishes a component as an actor. */
export const publish = (client: pg.Client, actor: Actor, document: unknown, workspaceId = ours) =>
  call<AvailableComponent>(client, actor, 'publish_component', [workspaceId, JSON.stringify(document)])

/** The components that an actor may use. */
export const available = (client: pg.Client, actor: Actor, workspaceId = ours) =>
  call<AvailableComponent[]>(client, actor, 'available_components', [workspaceId])

/** What is published anywhere: `key version`, in order of versions. */
export const publishedVersions = async (client: pg.Client) =>
  (
    await client.query<{ name: string }>(
      `select component_key || ' ' || version as name
       from public.component_versions order by private.version_order(version)`,
    )
  ).rows.map(({ name }) => name)
