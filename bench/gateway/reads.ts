/** What is read, through the gateway and by hand. */
export interface Read {
  name: string
  /** Below the Data API. */
  path: string
  /** The same rows in the same JSON: a statement whose one value is the body. */
  statement: string
}

export const widgetsOfView = 20

export const tenRows: Read = {
  name: 'authenticated read of 10 rows',
  path: '/workspaces?select=id,name,plan_type,created_at&order=created_at&limit=10',
  statement: `
    select coalesce(json_agg(r), '[]')::text as body
    from (select id, name, plan_type, created_at from public.workspaces order by created_at limit 10) as r`,
}

export const thousandRows: Read = {
  name: 'the same of 1,000 rows',
  path: '/bench_entries?select=id,title,amount,tags,document,created_at&order=id&limit=1000',
  statement: `
    select coalesce(json_agg(r), '[]')::text as body
    from (
      select id, title, amount, tags, document, created_at from public.bench_entries order by id limit 1000
    ) as r`,
}

/** @param view its id */
export function viewWithComponents(view: string): Read {
  return {
    name: `a view of ${widgetsOfView} widgets, each with its component: embeds on two levels`,
    path:
      '/dashboard_views?select=id,name,description,widgets(id,x,y,width,height,config,' +
      `component:built_in_components(key,type,title_key,icon,size_config))&widgets.order=y,x&id=eq.${view}`,
    statement: `
      select coalesce(json_agg(r), '[]')::text as body
      from (
        select v.id, v.name, v.description, w.widgets
        from public.dashboard_views as v
        left join lateral (
          select coalesce(json_agg(widget), '[]') as widgets
          from (
            select w.id, w.x, w.y, w.width, w.height, w.config, row_to_json(c) as component
            from public.widgets as w
            left join lateral (
              select b.key, b.type, b.title_key, b.icon, b.size_config
              from public.built_in_components as b where b.key = w.built_in_component
            ) as c on true
            where w.workspace_id = v.workspace_id and w.view_id = v.id and w.open_to = v.open_to
            order by w.y, w.x
          ) as widget
        ) as w on true
        where v.id = '${view}'
      ) as r`,
  }
}
