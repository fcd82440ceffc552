import pg from 'pg'
import type { Stack } from '../local/stack.ts'
import { callAs } from './call-as.ts'
import type { Measurement } from './report.ts'
import { absolute, sampled } from './samples.ts'

// Demo, and who is in it.
const workspace = 'WK-DEM000001'
const ada = '00000000-0000-4000-8000-00000000ada0'
const install = '00000000-0000-4000-8000-0000000ca000'
const listings = 50_000
const views = 1_000

/** What the marketplace costs: a page of many listings, the preview of an upgrade over many views, and its job. */
export async function measureMarketplace(stack: Stack): Promise<Measurement[]> {
  const client = new pg.Client({ connectionString: stack.urls.database })
  await client.connect()
  try {
    await client.query(fixture)
    await client.query('vacuum analyze public.marketplace_listings, public.widgets, public.dashboard_views')
    const found = []
    for (const [what, ...page] of [
      ['all by popularity', 'popularity', null, null],
      ['a category by rating', 'rating', null, 'sales'],
      ['themes, newest first', 'newest', 'theme', null],
    ] as const)
      found.push(
        absolute(
          `a page of 50,000 listings: ${what}, p95 (ms)`,
          await sampled({ rounds: 40, warmUp: 4 }, () => pages(client, page)),
          20,
        ),
      )
    const preview = await sampled({ rounds: 50, warmUp: 5 }, async () => {
      const { milliseconds, answer } = await callAs(client, ada, 'public.preview_upgrade($1, $2)', [
        workspace,
        install,
      ])
      if (answer.component.viewCount !== views) throw new Error('Not all of the views were looked at.')
      return milliseconds
    })
    await client.query(uses)
    await client.query('vacuum analyze public.marketplace_installs, private.marketplace_ratings')
    const recount = await sampled({ rounds: 3, warmUp: 1 }, async () => {
      const begun = performance.now()
      await client.query('select private.recount_marketplace()')
      return performance.now() - begun
    })
    return [
      ...found,
      absolute('the preview of an upgrade over 1,000 views, p95 (ms)', preview, 100),
      absolute('the nightly count of 100,000 installs and 30,000 ratings, the longest (ms)', recount, 20_000),
    ]
  } finally {
    await client.end()
  }
}

/** The tenth page, whose place is one among all. */
async function pages(client: pg.Client, [sort, kind, category]: readonly (string | null)[]): Promise<number> {
  let after: string | null = null
  let last = 0
  for (let page = 0; page < 10; page += 1) {
    const { milliseconds, answer } = await callAs(
      client,
      ada,
      'public.browse_marketplace($1, $2, $3, $4, 20)',
      [sort, kind, category, after],
    )
    if (answer.listings.length !== 20) throw new Error('A page is not full.')
    after = answer.next
    last = milliseconds
  }
  return last
}

const bundle = (version: string, key: string, maximum: number, mapping: string) => `
  jsonb_build_object('format', 'b-dashboard-bundle', 'version', 1, 'kind', 'component', 'content', jsonb_build_object(
    'id', 'measured', 'type', 'stats', 'version', '${version}', 'title', 'Measured', 'description', '', 'icon', 'Gauge',
    'allowedRoles', '["member"]'::jsonb,
    'sizeConfig', '{"minWidth": 1, "maxWidth": 2, "defaultWidth": 1, "minHeight": 120}'::jsonb,
    'defaultConfig', '{}'::jsonb,
    'configSchema', '{"type": "object", "additionalProperties": false, "properties": {
      "unit": {"type": "string"}, "${key}": {"type": "integer", "maximum": ${maximum}}}}'::jsonb))
    || '${mapping}'::jsonb`

/** Each widget is configured in its own way, so that each has to be mapped and judged; a tenth of them in vain. */
const fixture = `
  select public.grant_plan('${workspace}', 'premium', now() + interval '1 day', 'A benchmark');
  insert into private.marketplace_bundles (content_hash, bundle)
  select private.content_hash(b.bundle), b.bundle
  from (values (${bundle('1.0.0', 'limit', 1_000, '{}')}),
    (${bundle('2.0.0', 'most', 900, '{"mapping": {"rename": {"limit": "most"}}}')})) as b (bundle);
  insert into public.marketplace_listings (id, kind, state, name, author, description, category, licence, version,
    content_hash, install_count, rating_rank, publication, published_at)
  select ('00000000-0000-4000-8000-0000000' || lpad(to_hex(n), 5, '0'))::uuid,
    (array['component', 'theme', 'view'])[1 + n % 3], 'published', 'Listing ' || n, 'Author ' || n % 1000,
    'What it is for, in a sentence or two that somebody wrote about it.', c.key, 'MIT', '2.0.0', b.content_hash,
    (hashtext(n::text) & 1023) * (hashtext(n || 'x') & 15) / 8, 30000 + hashtext(n || 'y') % 20000,
    nextval('private.marketplace_publications'), now()
  from generate_series(1, ${listings}) as n
  join lateral (select c.key from public.marketplace_categories c where c.position = 1 + n / 7 % 10) as c on true
  join private.marketplace_bundles b on b.bundle #>> '{content,version}' = '2.0.0';
  insert into public.marketplace_versions (listing_id, version, state, content_hash, size, published_at)
  select l.id, b.bundle #>> '{content,version}', 'published', b.content_hash, 2, now()
  from public.marketplace_listings l, private.marketplace_bundles b
  where l.name = 'Listing 3';
  insert into public.components (workspace_id, key, type, allowed_roles)
  values ('${workspace}', 'measured', 'stats', '{member}');
  insert into public.component_versions (workspace_id, component_key, version, title, description, icon, allowed_roles,
    size_config, default_config, config_schema)
  select '${workspace}', 'measured', '1.0.0', 'Measured', '', 'Gauge', '{member}', b.bundle #> '{content,sizeConfig}',
    '{}', b.bundle #> '{content,configSchema}'
  from private.marketplace_bundles b where b.bundle #>> '{content,version}' = '1.0.0';
  insert into public.marketplace_installs (workspace_id, id, listing_id, kind, name, author, version, content_hash,
    component_key)
  select '${workspace}', '${install}', l.id, 'component', 'Measured', 'Author', '1.0.0', b.content_hash, 'measured'
  from public.marketplace_listings l, private.marketplace_bundles b
  where l.name = 'Listing 3' and b.bundle #>> '{content,version}' = '1.0.0';
  insert into public.dashboard_views (workspace_id, id, name, visibility)
  select '${workspace}', ('00000000-0000-4000-8000-0000000d' || lpad(n::text, 4, '0'))::uuid, 'View ' || n, 'workspace'
  from generate_series(1, ${views}) as n;
  insert into public.widgets (workspace_id, view_id, component_key, component_version, x, y, width, height, config)
  select '${workspace}', v.id, 'measured', '1.0.0', x * 3, 0, 3, 2,
    jsonb_build_object('unit', x::text, 'limit', right(v.id::text, 4)::integer)
  from public.dashboard_views v
  cross join (values (0)) as w (x)
  where v.workspace_id = '${workspace}' and v.name like 'View %' and v.id::text like '%-0000000d____';`

/** A thousand workspaces, each of which has installed a hundred listings of others, and rated thirty. */
const uses = `
  insert into public.workspaces (id, name, created_by, created_at)
  select 'WK-M' || lpad(n::text, 8, '0'), 'Uses ' || n, '${ada}', now() - interval '1 month'
  from generate_series(1, 1000) as n;
  insert into private.marketplace_publishers (workspace_id, listing_id, name_form, author_form)
  select 'WK-M' || lpad((n % 1000 + 1)::text, 8, '0'), l.id, l.name, l.author
  from (
    select *, row_number() over (order by id) as n from public.marketplace_listings where name like 'Listing %'
  ) as l;
  insert into public.marketplace_installs (workspace_id, listing_id, kind, name, author, version, content_hash)
  select 'WK-M' || lpad(n::text, 8, '0'), l.id, 'view', l.name, l.author, l.version, l.content_hash
  from generate_series(1, 1000) as n
  cross join lateral (
    select * from public.marketplace_listings l where l.id >= (
      '00000000-0000-4000-8000-0000000' || lpad(to_hex(n * 49), 5, '0'))::uuid order by l.id limit 100) as l;
  insert into private.marketplace_ratings (workspace_id, listing_id, stars)
  select i.workspace_id, i.listing_id, 1 + (hashtext(i.id::text) & 3)
  from (
    select *, row_number() over (partition by workspace_id order by listing_id) as n from public.marketplace_installs
  ) as i
  where i.n <= 30 and i.workspace_id like 'WK-M%';`
