import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import { z } from 'zod'
import { codeOf, messageOf, StackError } from '../stack/index.ts'
import { resolveEnvironment } from './environment.ts'
import { findFunctions, functionSchema } from './functions.ts'
import { byteSize, duration } from './units.ts'

const port = z.int().min(1).max(65_535)

const templateSchema = z.object({ subject: z.string().optional(), content_path: z.string().optional() })

const bucketSchema = z.object({
  public: z.boolean().default(false),
  /** Bytes. */
  file_size_limit: byteSize.optional(),
  allowed_mime_types: z.array(z.string()).optional(),
})

/**
 * What the embedded stack reads of `supabase/config.toml`. The names are the file's own; what the stack has no
 * use for is left to the Supabase CLI, which reads the same file.
 */
const projectSchema = z.object({
  api: z
    .object({
      port: port.default(54321),
      schemas: z.array(z.string()).default(['public', 'graphql_public']),
      extra_search_path: z.array(z.string()).default(['public', 'extensions']),
      max_rows: z.int().positive().default(1000),
    })
    .prefault({}),
  db: z
    .object({
      port: port.default(54322),
      major_version: z
        .literal(17, { error: 'the embedded stack runs Postgres 17 and nothing else' })
        .default(17),
      seed: z
        .object({
          enabled: z.boolean().default(true),
          sql_paths: z.array(z.string()).default(['./seed.sql']),
        })
        .prefault({}),
    })
    .prefault({}),
  studio: z.object({ port: port.default(54323) }).prefault({}),
  local_smtp: z
    .object({
      port: port.default(54324),
      smtp_port: port.default(54325),
      /** From whom Auth's mails are. */
      admin_email: z.string().default('admin@email.com'),
      sender_name: z.string().default('Admin'),
    })
    .prefault({}),
  realtime: z.object({ enabled: z.boolean().default(true) }).prefault({}),
  storage: z
    .object({
      /** Bytes; a bucket's own limit counts where it is lower. */
      file_size_limit: byteSize.prefault('50MiB'),
      buckets: z.record(z.string(), bucketSchema).default({}),
    })
    .prefault({}),
  auth: z
    .object({
      site_url: z.url().default('http://127.0.0.1:3000'),
      additional_redirect_urls: z.array(z.string()).default([]),
      /** Seconds. */
      jwt_expiry: z.int().positive().max(604_800).default(3600),
      enable_signup: z.boolean().default(true),
      enable_anonymous_sign_ins: z.boolean().default(false),
      enable_refresh_token_rotation: z.boolean().default(true),
      /** Seconds. */
      refresh_token_reuse_interval: z.int().nonnegative().default(10),
      minimum_password_length: z.int().min(6).default(6),
      password_requirements: z
        .enum(['', 'letters_digits', 'lower_upper_letters_digits', 'lower_upper_letters_digits_symbols'])
        .default(''),
      rate_limit: z
        .object({
          email_sent: z.int().positive().default(30),
          token_refresh: z.int().positive().default(150),
          sign_in_sign_ups: z.int().positive().default(30),
          token_verifications: z.int().positive().default(30),
        })
        .prefault({}),
      email: z
        .object({
          enable_signup: z.boolean().default(true),
          double_confirm_changes: z.boolean().default(true),
          enable_confirmations: z.boolean().default(false),
          secure_password_change: z.boolean().default(false),
          /** Milliseconds. */
          max_frequency: duration.prefault('1s'),
          otp_length: z.int().min(6).max(10).default(6),
          /** Seconds. */
          otp_expiry: z.int().positive().default(3600),
          template: z.record(z.string(), templateSchema).default({}),
        })
        .prefault({}),
    })
    .prefault({}),
  edge_runtime: z
    .object({
      enabled: z.boolean().default(true),
      secrets: z.record(z.string(), z.string()).default({}),
    })
    .prefault({}),
  functions: z.record(z.string(), functionSchema).default({}),
  experimental: z
    .object({
      pgdelta: z.object({ declarative_schema_path: z.string().default('./schemas') }).prefault({}),
    })
    .prefault({}),
})

/** The project's configuration, checked; sizes in bytes, durations in milliseconds. */
export type ProjectConfig = z.infer<typeof projectSchema>

/**
 * Reads `supabase/config.toml` below a root folder.
 *
 * @throws StackError one sentence that names the file, and the line or the key that is wrong
 */
export function readProject(root: string): ProjectConfig {
  const path = join(root, 'supabase/config.toml')
  const document = resolveEnvironment(readToml(path))
  const result = projectSchema.safeParse(withMailSection(document))
  if (result.success) return withAbsolutePaths(root, result.data)
  const [issue] = result.error.issues
  throw new StackError(`supabase/config.toml, ${issue?.path.join('.') || 'the file'}: ${issue?.message}.`)
}

/** `[inbucket]` is the older name of `[local_smtp]`; the CLI takes both. */
function withMailSection(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || !('inbucket' in document)) return document
  return { local_smtp: document.inbucket, ...document }
}

/** The CLI reads the paths of mail templates from the project's root, the others from `supabase/`. */
function withAbsolutePaths(root: string, config: ProjectConfig): ProjectConfig {
  for (const template of Object.values(config.auth.email.template))
    if (template.content_path) template.content_path = resolve(root, template.content_path)
  const { pgdelta } = config.experimental
  pgdelta.declarative_schema_path = resolve(root, 'supabase', pgdelta.declarative_schema_path)
  config.functions = findFunctions(root, config.functions)
  return config
}

function readToml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (codeOf(error) === 'ENOENT')
      throw new StackError('supabase/config.toml is missing: run the command in the project folder.')
    if (error instanceof TomlError) {
      const [reason] = error.message.split('\n')
      throw new StackError(`supabase/config.toml, line ${error.line}: ${reason}.`)
    }
    throw new StackError(`supabase/config.toml cannot be read: ${messageOf(error)}.`)
  }
}
