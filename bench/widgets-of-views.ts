/**
 * SQL that gives views their first version and each so many widgets, of all built-in components in turn; for where the
 * triggers that would do it are off.
 *
 * @param which a condition on rows of dashboard_views
 */
export const widgetsOfViews = (which: string, widgetsPerView: number) => `
  insert into private.view_versions (workspace_id, view_id, version)
    select workspace_id, id, 1 from public.dashboard_views where ${which};
  insert into public.widgets (
      workspace_id, view_id, open_to, component_audience, made_in_version, component_key, built_in_component,
      x, y, width, height, config)
    select v.workspace_id, v.id, v.open_to, private.component_audience(c.allowed_roles), 1, c.key, c.key,
      (n % 4) * 3, n / 4 * 2, 3, 2, c.default_config
    from (select * from public.dashboard_views where ${which}) as v
    cross join generate_series(0, ${widgetsPerView - 1}) as n
    join (
      select key, default_config, allowed_roles, row_number() over (order by key) - 1 as place,
        count(*) over () as all_of_them
      from public.built_in_components
    ) as c on c.place = n % c.all_of_them;`
