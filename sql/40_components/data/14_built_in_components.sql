-- The front end's registry, in its order, with the schema of each configuration: types/component-config.ts says the
-- same in zod, and a test makes these schemas from it.

merge into public.built_in_components as t
using (
  values
    (
      'total-revenue', 1, 'stats',
      'dashboard.widgets.totalRevenue.title', 'dashboard.widgets.totalRevenue.description', 'DollarSign',
      '{admin,manager,analyst}'::text[],
      '{"minWidth": 1, "maxWidth": 2, "defaultWidth": 1, "minHeight": 120}'::jsonb,
      '{"compareMode": "previousPeriod", "showTrend": true}'::jsonb,
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "refreshMinutes": {"type": "integer", "minimum": 5, "maximum": 30},
          "source": {"type": "string", "minLength": 1, "maxLength": 36},
          "query": {"type": "object"},
          "dateRange": {"type": "string", "enum": ["24h", "7d", "30d", "90d", "1y"]},
          "compareMode": {"type": "string", "enum": ["none", "previousPeriod", "previousYear"]},
          "showTrend": {"type": "boolean"},
          "format": {"type": "string", "enum": ["number", "compact", "currency", "percentage"]}
        },
        "additionalProperties": false
      }'::jsonb
    ),
    (
      'total-users', 2, 'stats',
      'dashboard.widgets.totalUsers.title', 'dashboard.widgets.totalUsers.description', 'Users',
      '{admin,manager}',
      '{"minWidth": 1, "maxWidth": 2, "defaultWidth": 1, "minHeight": 120}',
      '{"compareMode": "previousPeriod", "showTrend": true}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "refreshMinutes": {"type": "integer", "minimum": 5, "maximum": 30},
          "source": {"type": "string", "minLength": 1, "maxLength": 36},
          "query": {"type": "object"},
          "dateRange": {"type": "string", "enum": ["24h", "7d", "30d", "90d", "1y"]},
          "compareMode": {"type": "string", "enum": ["none", "previousPeriod", "previousYear"]},
          "showTrend": {"type": "boolean"},
          "format": {"type": "string", "enum": ["number", "compact", "currency", "percentage"]}
        },
        "additionalProperties": false
      }'
    ),
    (
      'active-sessions', 3, 'stats',
      'dashboard.widgets.activeSessions.title', 'dashboard.widgets.activeSessions.description', 'Activity',
      '{admin,manager,analyst}',
      '{"minWidth": 1, "maxWidth": 2, "defaultWidth": 1, "minHeight": 120}',
      '{"showTrend": true}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "refreshMinutes": {"type": "integer", "minimum": 5, "maximum": 30},
          "source": {"type": "string", "minLength": 1, "maxLength": 36},
          "query": {"type": "object"},
          "dateRange": {"type": "string", "enum": ["24h", "7d", "30d", "90d", "1y"]},
          "compareMode": {"type": "string", "enum": ["none", "previousPeriod", "previousYear"]},
          "showTrend": {"type": "boolean"},
          "format": {"type": "string", "enum": ["number", "compact", "currency", "percentage"]}
        },
        "additionalProperties": false
      }'
    ),
    (
      'conversion-rate', 4, 'stats',
      'dashboard.widgets.conversionRate.title', 'dashboard.widgets.conversionRate.description', 'TrendingUp',
      '{admin,manager,analyst}',
      '{"minWidth": 1, "maxWidth": 2, "defaultWidth": 1, "minHeight": 120}',
      '{"showTrend": true, "format": "percentage"}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "refreshMinutes": {"type": "integer", "minimum": 5, "maximum": 30},
          "source": {"type": "string", "minLength": 1, "maxLength": 36},
          "query": {"type": "object"},
          "dateRange": {"type": "string", "enum": ["24h", "7d", "30d", "90d", "1y"]},
          "compareMode": {"type": "string", "enum": ["none", "previousPeriod", "previousYear"]},
          "showTrend": {"type": "boolean"},
          "format": {"type": "string", "enum": ["number", "compact", "currency", "percentage"]}
        },
        "additionalProperties": false
      }'
    ),
    (
      'revenue-chart', 5, 'chart-line',
      'dashboard.widgets.revenueChart.title', 'dashboard.widgets.revenueChart.description', 'LineChart',
      '{admin,manager,analyst}',
      '{"minWidth": 2, "maxWidth": 4, "defaultWidth": 2, "minHeight": 300}',
      '{"dateRange": "30d", "showLegend": true, "smoothLine": true}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "refreshMinutes": {"type": "integer", "minimum": 5, "maximum": 30},
          "source": {"type": "string", "minLength": 1, "maxLength": 36},
          "query": {"type": "object"},
          "dateRange": {"type": "string", "enum": ["24h", "7d", "30d", "90d", "1y"]},
          "compareMode": {"type": "string", "enum": ["none", "previousPeriod", "previousYear"]},
          "metric": {"type": "string", "enum": ["revenue", "orders", "profit"]},
          "showLegend": {"type": "boolean"},
          "smoothLine": {"type": "boolean"}
        },
        "additionalProperties": false
      }'
    ),
    (
      'sales-by-category', 6, 'chart-bar',
      'dashboard.widgets.salesByCategory.title', 'dashboard.widgets.salesByCategory.description', 'BarChart3',
      '{admin,manager,analyst}',
      '{"minWidth": 2, "maxWidth": 4, "defaultWidth": 2, "minHeight": 300}',
      '{"dateRange": "30d", "showLegend": true, "orientation": "vertical"}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "refreshMinutes": {"type": "integer", "minimum": 5, "maximum": 30},
          "source": {"type": "string", "minLength": 1, "maxLength": 36},
          "query": {"type": "object"},
          "dateRange": {"type": "string", "enum": ["24h", "7d", "30d", "90d", "1y"]},
          "metric": {"type": "string", "enum": ["revenue", "orders", "units"]},
          "limit": {"type": "integer", "minimum": 1, "maximum": 20},
          "showLegend": {"type": "boolean"},
          "orientation": {"type": "string", "enum": ["vertical", "horizontal"]}
        },
        "additionalProperties": false
      }'
    ),
    (
      'traffic-sources', 7, 'chart-pie',
      'dashboard.widgets.trafficSources.title', 'dashboard.widgets.trafficSources.description', 'PieChart',
      '{admin,manager,analyst}',
      '{"minWidth": 2, "maxWidth": 3, "defaultWidth": 2, "minHeight": 300}',
      '{"showLabels": true, "showLegend": true}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "refreshMinutes": {"type": "integer", "minimum": 5, "maximum": 30},
          "source": {"type": "string", "minLength": 1, "maxLength": 36},
          "query": {"type": "object"},
          "dateRange": {"type": "string", "enum": ["24h", "7d", "30d", "90d", "1y"]},
          "metric": {"type": "string", "enum": ["visits", "users", "conversions"]},
          "limit": {"type": "integer", "minimum": 2, "maximum": 12},
          "showLabels": {"type": "boolean"},
          "showLegend": {"type": "boolean"}
        },
        "additionalProperties": false
      }'
    ),
    (
      'recent-orders', 8, 'table',
      'dashboard.widgets.recentOrders.title', 'dashboard.widgets.recentOrders.description', 'Table',
      '{admin,manager,analyst,viewer}',
      '{"minWidth": 2, "maxWidth": 4, "defaultWidth": 3, "minHeight": 350}',
      '{"limit": 10, "showStatus": true, "sortBy": "date", "sortOrder": "desc"}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "refreshMinutes": {"type": "integer", "minimum": 5, "maximum": 30},
          "source": {"type": "string", "minLength": 1, "maxLength": 36},
          "query": {"type": "object"},
          "dateRange": {"type": "string", "enum": ["24h", "7d", "30d", "90d", "1y"]},
          "limit": {"type": "integer", "minimum": 1, "maximum": 100},
          "showStatus": {"type": "boolean"},
          "sortBy": {"type": "string", "enum": ["date", "customer", "amount", "status"]},
          "sortOrder": {"type": "string", "enum": ["asc", "desc"]}
        },
        "additionalProperties": false
      }'
    ),
    (
      'top-products', 9, 'list',
      'dashboard.widgets.topProducts.title', 'dashboard.widgets.topProducts.description', 'List',
      '{admin,manager,analyst}',
      '{"minWidth": 1, "maxWidth": 2, "defaultWidth": 1, "minHeight": 300}',
      '{"limit": 5, "showThumbnail": true, "metric": "revenue"}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "refreshMinutes": {"type": "integer", "minimum": 5, "maximum": 30},
          "source": {"type": "string", "minLength": 1, "maxLength": 36},
          "query": {"type": "object"},
          "dateRange": {"type": "string", "enum": ["24h", "7d", "30d", "90d", "1y"]},
          "limit": {"type": "integer", "minimum": 1, "maximum": 50},
          "metric": {"type": "string", "enum": ["revenue", "orders", "units"]},
          "showThumbnail": {"type": "boolean"},
          "sortOrder": {"type": "string", "enum": ["asc", "desc"]}
        },
        "additionalProperties": false
      }'
    ),
    (
      'activity-feed', 10, 'activity-feed',
      'dashboard.widgets.activityFeed.title', 'dashboard.widgets.activityFeed.description', 'Activity',
      '{admin,manager}',
      '{"minWidth": 1, "maxWidth": 2, "defaultWidth": 1, "minHeight": 300}',
      '{"limit": 10, "filterTypes": ["all"]}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "refreshMinutes": {"type": "integer", "minimum": 5, "maximum": 30},
          "source": {"type": "string", "minLength": 1, "maxLength": 36},
          "query": {"type": "object"},
          "limit": {"type": "integer", "minimum": 1, "maximum": 100},
          "filterTypes": {
            "type": "array",
            "maxItems": 10,
            "items": {
              "type": "string",
              "enum": ["all", "orders", "users", "payments", "reports", "comments", "system"]
            }
          }
        },
        "additionalProperties": false
      }'
    ),
    (
      'quick-actions', 11, 'quick-actions',
      'dashboard.widgets.quickActions.title', 'dashboard.widgets.quickActions.description', 'Zap',
      '{admin,manager}',
      '{"minWidth": 1, "maxWidth": 2, "defaultWidth": 1, "minHeight": 200}',
      '{"actions": ["newOrder", "addUser", "generateReport", "settings"]}',
      '{
        "type": "object",
        "properties": {
          "title": {"type": "string", "minLength": 1, "maxLength": 100},
          "refreshMinutes": {"type": "integer", "minimum": 5, "maximum": 30},
          "source": {"type": "string", "minLength": 1, "maxLength": 36},
          "query": {"type": "object"},
          "actions": {
            "type": "array",
            "maxItems": 12,
            "items": {
              "type": "string",
              "enum": [
                "newOrder", "newProduct", "addUser", "inviteMember", "generateReport", "exportData", "settings"
              ]
            }
          }
        },
        "additionalProperties": false
      }'
    )
) as s (
  key, position, type, title_key, description_key, icon, allowed_roles, size_config, default_config, config_schema
)
on t.key = s.key
when matched and (
    t.position, t.type, t.title_key, t.description_key, t.icon,
    t.allowed_roles, t.size_config, t.default_config, t.config_schema
  ) is distinct from (
    s.position, s.type, s.title_key, s.description_key, s.icon,
    s.allowed_roles, s.size_config, s.default_config, s.config_schema
  )
then
  update set
    position = s.position,
    type = s.type,
    title_key = s.title_key,
    description_key = s.description_key,
    icon = s.icon,
    allowed_roles = s.allowed_roles,
    size_config = s.size_config,
    default_config = s.default_config,
    config_schema = s.config_schema
when not matched then
  insert (
    key, position, type, title_key, description_key, icon, allowed_roles, size_config, default_config, config_schema
  )
  values (
    s.key, s.position, s.type, s.title_key, s.description_key, s.icon, s.allowed_roles, s.size_config,
    s.default_config, s.config_schema
  )
when not matched by source then
  delete;
