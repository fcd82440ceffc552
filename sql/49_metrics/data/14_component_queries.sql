-- What the built-in components ask. docs/metrics.md says which metrics they read, and what each stands for.

merge into private.component_queries as t
using (
  values
    (
      'total-revenue',
      '{"metric": "revenue", "format": "currency", "compare": "previousPeriod"}'::jsonb,
      '{}'::jsonb
    ),
    (
      'total-users',
      '{"metric": "users", "aggregate": "last", "format": "compact", "compare": "previousPeriod"}',
      '{}'
    ),
    (
      'active-sessions',
      '{
        "metric": "sessions", "aggregate": "last", "period": "24h", "format": "number", "compare": "previousPeriod"
      }',
      '{}'
    ),
    (
      'conversion-rate',
      '{"metric": "conversions", "per": "visits", "format": "percentage", "compare": "previousPeriod"}',
      '{}'
    ),
    (
      'revenue-chart',
      '{"metric": "revenue", "label": "Revenue", "format": "currency"}',
      '{
        "metric": {
          "orders": {"metric": "orders", "label": "Orders", "format": "number"},
          "profit": {"metric": "profit", "label": "Profit"}
        }
      }'
    ),
    (
      'sales-by-category',
      '{"metric": "revenue", "label": "Revenue", "format": "currency", "breakdown": "category", "limit": 10}',
      '{
        "metric": {
          "orders": {"metric": "orders", "label": "Orders", "format": "number"},
          "units": {"metric": "units", "label": "Units", "format": "number"}
        }
      }'
    ),
    (
      'traffic-sources',
      '{"metric": "visits", "label": "Visits", "format": "number", "breakdown": "source", "limit": 6}',
      '{
        "metric": {
          "users": {"metric": "new_users", "label": "New users"},
          "conversions": {"metric": "conversions", "label": "Conversions"}
        }
      }'
    ),
    (
      'recent-orders',
      '{
        "metric": "order", "format": "currency", "sort": "time", "order": "desc", "limit": 10,
        "columns": [
          {"key": "id", "label": "Order", "type": "text"},
          {"key": "customer", "label": "Customer", "type": "text"},
          {"key": "time", "label": "Date", "type": "moment"},
          {"key": "value", "label": "Amount", "type": "currency"},
          {"key": "status", "label": "Status", "type": "status"}
        ]
      }',
      '{
        "sortBy": {
          "date": {"sort": "time"}, "customer": {"sort": "customer"},
          "amount": {"sort": "value"}, "status": {"sort": "status"}
        },
        "showStatus": {
          "false": {
            "columns": [
              {"key": "id", "label": "Order", "type": "text"},
              {"key": "customer", "label": "Customer", "type": "text"},
              {"key": "time", "label": "Date", "type": "moment"},
              {"key": "value", "label": "Amount", "type": "currency"}
            ]
          }
        }
      }'
    ),
    (
      'top-products',
      '{"metric": "revenue", "label": "Revenue", "format": "currency", "breakdown": "product", "limit": 5}',
      '{
        "metric": {
          "orders": {"metric": "orders", "label": "Orders", "format": "number"},
          "units": {"metric": "units", "label": "Units", "format": "number"}
        }
      }'
    ),
    (
      'activity-feed',
      '{"metric": "activity", "period": "90d", "limit": 10}',
      '{}'
    )
) as s (component_key, query, by_config)
on t.component_key = s.component_key
when matched and (t.query, t.by_config) is distinct from (s.query, s.by_config) then
  update set query = s.query, by_config = s.by_config
when not matched then
  insert (component_key, query, by_config) values (s.component_key, s.query, s.by_config)
when not matched by source then
  delete;
