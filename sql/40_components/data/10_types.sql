-- What each kind of component shows. types/component-data.ts says the same in zod, and a test makes these schemas from
-- it.

merge into public.component_types as t
using (
  values
    (
      'stats',
      '{
        "type": "object",
        "properties": {
          "value": {"type": ["number", "null"]},
          "previousValue": {"type": ["number", "null"]},
          "trend": {"type": "string", "enum": ["up", "down", "flat"]},
          "history": {"type": "array", "maxItems": 100, "items": {"type": "number"}},
          "format": {"type": "string", "enum": ["number", "compact", "currency", "percentage"]},
          "currency": {
            "type": "string",
            "description": "A currency by its three letters.",
            "minLength": 3,
            "maxLength": 3
          }
        },
        "required": ["value"],
        "additionalProperties": false
      }'::jsonb
    ),
    (
      'chart-line',
      '{
        "type": "object",
        "properties": {
          "labels": {"type": "array", "maxItems": 1000, "items": {"type": "string", "maxLength": 100}},
          "series": {
            "type": "array",
            "maxItems": 20,
            "items": {
              "type": "object",
              "properties": {
                "key": {"type": "string", "minLength": 1, "maxLength": 100},
                "label": {"type": "string", "minLength": 1, "maxLength": 200},
                "values": {"type": "array", "maxItems": 1000, "items": {"type": ["number", "null"]}}
              },
              "required": ["key", "label", "values"],
              "additionalProperties": false
            }
          },
          "format": {"type": "string", "enum": ["number", "compact", "currency", "percentage"]},
          "currency": {
            "type": "string",
            "description": "A currency by its three letters.",
            "minLength": 3,
            "maxLength": 3
          }
        },
        "required": ["labels", "series"],
        "additionalProperties": false
      }'
    ),
    (
      'chart-bar',
      '{
        "type": "object",
        "properties": {
          "labels": {"type": "array", "maxItems": 200, "items": {"type": "string", "maxLength": 100}},
          "series": {
            "type": "array",
            "maxItems": 20,
            "items": {
              "type": "object",
              "properties": {
                "key": {"type": "string", "minLength": 1, "maxLength": 100},
                "label": {"type": "string", "minLength": 1, "maxLength": 200},
                "values": {"type": "array", "maxItems": 200, "items": {"type": ["number", "null"]}}
              },
              "required": ["key", "label", "values"],
              "additionalProperties": false
            }
          },
          "format": {"type": "string", "enum": ["number", "compact", "currency", "percentage"]},
          "currency": {
            "type": "string",
            "description": "A currency by its three letters.",
            "minLength": 3,
            "maxLength": 3
          }
        },
        "required": ["labels", "series"],
        "additionalProperties": false
      }'
    ),
    (
      'chart-pie',
      '{
        "type": "object",
        "properties": {
          "slices": {
            "type": "array",
            "maxItems": 50,
            "items": {
              "type": "object",
              "properties": {
                "key": {"type": "string", "minLength": 1, "maxLength": 100},
                "label": {"type": "string", "minLength": 1, "maxLength": 200},
                "value": {"type": "number", "minimum": 0}
              },
              "required": ["key", "label", "value"],
              "additionalProperties": false
            }
          },
          "format": {"type": "string", "enum": ["number", "compact", "currency", "percentage"]},
          "currency": {
            "type": "string",
            "description": "A currency by its three letters.",
            "minLength": 3,
            "maxLength": 3
          }
        },
        "required": ["slices"],
        "additionalProperties": false
      }'
    ),
    (
      'table',
      '{
        "type": "object",
        "properties": {
          "columns": {
            "type": "array",
            "maxItems": 50,
            "items": {
              "type": "object",
              "properties": {
                "key": {"type": "string", "minLength": 1, "maxLength": 100},
                "label": {"type": "string", "minLength": 1, "maxLength": 200},
                "type": {
                  "type": "string",
                  "enum": ["text", "number", "currency", "percentage", "moment", "status", "boolean"]
                }
              },
              "required": ["key", "label", "type"],
              "additionalProperties": false
            }
          },
          "rows": {
            "type": "array",
            "maxItems": 500,
            "items": {
              "type": "array",
              "maxItems": 50,
              "items": {"type": ["string", "number", "boolean", "null"], "maxLength": 500}
            }
          },
          "total": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
          "currency": {
            "type": "string",
            "description": "A currency by its three letters.",
            "minLength": 3,
            "maxLength": 3
          }
        },
        "required": ["columns", "rows"],
        "additionalProperties": false
      }'
    ),
    (
      'list',
      '{
        "type": "object",
        "properties": {
          "items": {
            "type": "array",
            "maxItems": 200,
            "items": {
              "type": "object",
              "properties": {
                "key": {"type": "string", "minLength": 1, "maxLength": 100},
                "title": {"type": "string", "minLength": 1, "maxLength": 200},
                "description": {"type": "string", "maxLength": 500},
                "value": {"type": "number"},
                "thumbnailUrl": {"type": "string", "description": "An https URL.", "maxLength": 2000}
              },
              "required": ["key", "title"],
              "additionalProperties": false
            }
          },
          "format": {"type": "string", "enum": ["number", "compact", "currency", "percentage"]},
          "currency": {
            "type": "string",
            "description": "A currency by its three letters.",
            "minLength": 3,
            "maxLength": 3
          }
        },
        "required": ["items"],
        "additionalProperties": false
      }'
    ),
    (
      'calendar',
      '{
        "type": "object",
        "properties": {
          "events": {
            "type": "array",
            "maxItems": 500,
            "items": {
              "type": "object",
              "properties": {
                "key": {"type": "string", "minLength": 1, "maxLength": 100},
                "title": {"type": "string", "minLength": 1, "maxLength": 200},
                "start": {
                  "type": "string",
                  "description": "A timestamp or a day, such as 2026-01-31T12:00:00Z or 2026-01-31.",
                  "maxLength": 40
                },
                "end": {
                  "type": "string",
                  "description": "A timestamp or a day, such as 2026-01-31T12:00:00Z or 2026-01-31.",
                  "maxLength": 40
                },
                "isAllDay": {"type": "boolean"},
                "category": {"type": "string", "maxLength": 50}
              },
              "required": ["key", "title", "start"],
              "additionalProperties": false
            }
          }
        },
        "required": ["events"],
        "additionalProperties": false
      }'
    ),
    (
      'activity-feed',
      '{
        "type": "object",
        "properties": {
          "entries": {
            "type": "array",
            "maxItems": 200,
            "items": {
              "type": "object",
              "properties": {
                "key": {"type": "string", "minLength": 1, "maxLength": 100},
                "type": {"type": "string", "minLength": 1, "maxLength": 50},
                "text": {"type": "string", "minLength": 1, "maxLength": 500},
                "actor": {"type": "string", "maxLength": 200},
                "at": {
                  "type": "string",
                  "description": "A timestamp or a day, such as 2026-01-31T12:00:00Z or 2026-01-31.",
                  "maxLength": 40
                }
              },
              "required": ["key", "type", "text", "at"],
              "additionalProperties": false
            }
          }
        },
        "required": ["entries"],
        "additionalProperties": false
      }'
    ),
    (
      'quick-actions',
      '{
        "type": "object",
        "properties": {
          "actions": {
            "type": "array",
            "maxItems": 50,
            "items": {
              "type": "object",
              "properties": {
                "key": {"type": "string", "minLength": 1, "maxLength": 100},
                "label": {"type": "string", "minLength": 1, "maxLength": 200},
                "icon": {"type": "string", "maxLength": 50},
                "isEnabled": {"type": "boolean"}
              },
              "required": ["key", "label"],
              "additionalProperties": false
            }
          }
        },
        "required": ["actions"],
        "additionalProperties": false
      }'
    )
) as s (key, data_schema)
on t.key = s.key
when matched and t.data_schema is distinct from s.data_schema then
  update set data_schema = s.data_schema
when not matched then
  insert (key, data_schema) values (s.key, s.data_schema)
when not matched by source then
  delete;
