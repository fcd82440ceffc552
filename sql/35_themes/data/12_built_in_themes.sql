-- The built-in themes. `default` and `ocean` are the front end's own documents, color for color; the others are this
-- project's, with every text at least 4.5 : 1 on what it stands on, in both modes, which a test measures.

merge into public.built_in_themes as t
using (
  values
    (
      'default', 1, 'Default', '1.0.0',
      '{"light": {
        "background": "oklch(1 0 0)", "foreground": "oklch(0.145 0 0)", "card": "oklch(1 0 0)",
        "cardForeground": "oklch(0.145 0 0)", "popover": "oklch(1 0 0)", "popoverForeground": "oklch(0.145 0 0)",
        "primary": "oklch(0.205 0 0)", "primaryForeground": "oklch(0.985 0 0)", "secondary": "oklch(0.97 0 0)",
        "secondaryForeground": "oklch(0.205 0 0)", "muted": "oklch(0.97 0 0)",
        "mutedForeground": "oklch(0.556 0 0)", "accent": "oklch(0.97 0 0)", "accentForeground": "oklch(0.205 0 0)",
        "destructive": "oklch(0.577 0.245 27.325)", "border": "oklch(0.922 0 0)", "input": "oklch(0.922 0 0)",
        "ring": "oklch(0.708 0 0)", "chart1": "oklch(0.646 0.222 41.116)", "chart2": "oklch(0.6 0.118 184.704)",
        "chart3": "oklch(0.398 0.07 227.392)", "chart4": "oklch(0.828 0.189 84.429)",
        "chart5": "oklch(0.769 0.188 70.08)", "sidebar": "oklch(0.985 0 0)",
        "sidebarForeground": "oklch(0.145 0 0)", "sidebarPrimary": "oklch(0.205 0 0)",
        "sidebarPrimaryForeground": "oklch(0.985 0 0)", "sidebarAccent": "oklch(0.97 0 0)",
        "sidebarAccentForeground": "oklch(0.205 0 0)", "sidebarBorder": "oklch(0.922 0 0)",
        "sidebarRing": "oklch(0.708 0 0)"
      }, "dark": {
        "background": "oklch(0.145 0 0)", "foreground": "oklch(0.985 0 0)", "card": "oklch(0.205 0 0)",
        "cardForeground": "oklch(0.985 0 0)", "popover": "oklch(0.205 0 0)",
        "popoverForeground": "oklch(0.985 0 0)", "primary": "oklch(0.922 0 0)",
        "primaryForeground": "oklch(0.205 0 0)", "secondary": "oklch(0.269 0 0)",
        "secondaryForeground": "oklch(0.985 0 0)", "muted": "oklch(0.269 0 0)",
        "mutedForeground": "oklch(0.708 0 0)", "accent": "oklch(0.269 0 0)", "accentForeground": "oklch(0.985 0 0)",
        "destructive": "oklch(0.704 0.191 22.216)", "border": "oklch(1 0 0 / 10%)", "input": "oklch(1 0 0 / 15%)",
        "ring": "oklch(0.556 0 0)", "chart1": "oklch(0.488 0.243 264.376)", "chart2": "oklch(0.696 0.17 162.48)",
        "chart3": "oklch(0.769 0.188 70.08)", "chart4": "oklch(0.627 0.265 303.9)",
        "chart5": "oklch(0.645 0.246 16.439)", "sidebar": "oklch(0.205 0 0)",
        "sidebarForeground": "oklch(0.985 0 0)", "sidebarPrimary": "oklch(0.488 0.243 264.376)",
        "sidebarPrimaryForeground": "oklch(0.985 0 0)", "sidebarAccent": "oklch(0.269 0 0)",
        "sidebarAccentForeground": "oklch(0.985 0 0)", "sidebarBorder": "oklch(1 0 0 / 10%)",
        "sidebarRing": "oklch(0.556 0 0)"
      }}'::jsonb,
      '{"base": "0.625rem"}'::jsonb,
      '{"description": "The default shadcn/ui theme with neutral colors", "author": "shadcn"}'::jsonb
    ),
    (
      'ocean', 2, 'Ocean Blue', '1.0.0',
      '{"light": {
        "background": "oklch(0.98 0.01 230)", "foreground": "oklch(0.2 0.02 230)", "card": "oklch(1 0 0)",
        "cardForeground": "oklch(0.2 0.02 230)", "popover": "oklch(1 0 0)",
        "popoverForeground": "oklch(0.2 0.02 230)", "primary": "oklch(0.5 0.2 230)",
        "primaryForeground": "oklch(0.98 0.01 230)", "secondary": "oklch(0.95 0.02 230)",
        "secondaryForeground": "oklch(0.3 0.02 230)", "muted": "oklch(0.95 0.01 230)",
        "mutedForeground": "oklch(0.5 0.02 230)", "accent": "oklch(0.9 0.05 200)",
        "accentForeground": "oklch(0.2 0.02 230)", "destructive": "oklch(0.577 0.245 27.325)",
        "border": "oklch(0.9 0.02 230)", "input": "oklch(0.9 0.02 230)", "ring": "oklch(0.5 0.2 230)",
        "chart1": "oklch(0.5 0.2 230)", "chart2": "oklch(0.6 0.15 200)", "chart3": "oklch(0.4 0.1 260)",
        "chart4": "oklch(0.7 0.15 180)", "chart5": "oklch(0.55 0.18 210)", "sidebar": "oklch(0.97 0.02 230)",
        "sidebarForeground": "oklch(0.2 0.02 230)", "sidebarPrimary": "oklch(0.5 0.2 230)",
        "sidebarPrimaryForeground": "oklch(0.98 0.01 230)", "sidebarAccent": "oklch(0.92 0.03 230)",
        "sidebarAccentForeground": "oklch(0.2 0.02 230)", "sidebarBorder": "oklch(0.9 0.02 230)",
        "sidebarRing": "oklch(0.5 0.2 230)"
      }, "dark": {
        "background": "oklch(0.15 0.02 230)", "foreground": "oklch(0.95 0.01 230)", "card": "oklch(0.2 0.02 230)",
        "cardForeground": "oklch(0.95 0.01 230)", "popover": "oklch(0.2 0.02 230)",
        "popoverForeground": "oklch(0.95 0.01 230)", "primary": "oklch(0.6 0.2 230)",
        "primaryForeground": "oklch(0.15 0.02 230)", "secondary": "oklch(0.25 0.02 230)",
        "secondaryForeground": "oklch(0.95 0.01 230)", "muted": "oklch(0.25 0.02 230)",
        "mutedForeground": "oklch(0.65 0.02 230)", "accent": "oklch(0.3 0.05 200)",
        "accentForeground": "oklch(0.95 0.01 230)", "destructive": "oklch(0.704 0.191 22.216)",
        "border": "oklch(0.3 0.02 230)", "input": "oklch(0.3 0.02 230)", "ring": "oklch(0.6 0.2 230)",
        "chart1": "oklch(0.6 0.2 230)", "chart2": "oklch(0.65 0.15 200)", "chart3": "oklch(0.5 0.1 260)",
        "chart4": "oklch(0.7 0.15 180)", "chart5": "oklch(0.6 0.18 210)", "sidebar": "oklch(0.18 0.02 230)",
        "sidebarForeground": "oklch(0.95 0.01 230)", "sidebarPrimary": "oklch(0.6 0.2 230)",
        "sidebarPrimaryForeground": "oklch(0.95 0.01 230)", "sidebarAccent": "oklch(0.25 0.03 230)",
        "sidebarAccentForeground": "oklch(0.95 0.01 230)", "sidebarBorder": "oklch(0.3 0.02 230)",
        "sidebarRing": "oklch(0.6 0.2 230)"
      }}'::jsonb,
      '{"base": "0.5rem"}'::jsonb,
      '{"description": "A calming ocean-inspired blue theme", "author": "B-Dashboard"}'::jsonb
    ),
    (
      'forest', 3, 'Forest', '1.0.0',
      '{"light": {
        "background": "oklch(0.992 0.003 155)", "foreground": "oklch(0.22 0.03 155)", "card": "oklch(1 0 0)",
        "cardForeground": "oklch(0.22 0.03 155)", "popover": "oklch(1 0 0)",
        "popoverForeground": "oklch(0.22 0.03 155)", "primary": "oklch(0.45 0.1 155)",
        "primaryForeground": "oklch(0.985 0.005 155)", "secondary": "oklch(0.95 0.02 155)",
        "secondaryForeground": "oklch(0.3 0.05 155)", "muted": "oklch(0.96 0.01 155)",
        "mutedForeground": "oklch(0.5 0.03 155)", "accent": "oklch(0.93 0.04 115)",
        "accentForeground": "oklch(0.3 0.045 115)", "destructive": "oklch(0.55 0.21 27)",
        "border": "oklch(0.9 0.015 155)", "input": "oklch(0.9 0.015 155)", "ring": "oklch(0.6 0.1 155)",
        "chart1": "oklch(0.55 0.1 155)", "chart2": "oklch(0.6 0.1 115)", "chart3": "oklch(0.65 0.1 85)",
        "chart4": "oklch(0.7 0.1 50)", "chart5": "oklch(0.5 0.1 230)", "sidebar": "oklch(0.97 0.01 155)",
        "sidebarForeground": "oklch(0.26 0.03 155)", "sidebarPrimary": "oklch(0.45 0.1 155)",
        "sidebarPrimaryForeground": "oklch(0.985 0.005 155)", "sidebarAccent": "oklch(0.93 0.04 115)",
        "sidebarAccentForeground": "oklch(0.3 0.045 115)", "sidebarBorder": "oklch(0.9 0.015 155)",
        "sidebarRing": "oklch(0.6 0.1 155)"
      }, "dark": {
        "background": "oklch(0.18 0.02 155)", "foreground": "oklch(0.96 0.01 155)", "card": "oklch(0.22 0.025 155)",
        "cardForeground": "oklch(0.96 0.01 155)", "popover": "oklch(0.22 0.025 155)",
        "popoverForeground": "oklch(0.96 0.01 155)", "primary": "oklch(0.78 0.13 155)",
        "primaryForeground": "oklch(0.2 0.03 155)", "secondary": "oklch(0.29 0.03 155)",
        "secondaryForeground": "oklch(0.95 0.01 155)", "muted": "oklch(0.27 0.02 155)",
        "mutedForeground": "oklch(0.74 0.03 155)", "accent": "oklch(0.32 0.05 115)",
        "accentForeground": "oklch(0.95 0.02 115)", "destructive": "oklch(0.68 0.19 25)",
        "border": "oklch(0.32 0.025 155)", "input": "oklch(0.36 0.025 155)", "ring": "oklch(0.62 0.1 155)",
        "chart1": "oklch(0.72 0.1 155)", "chart2": "oklch(0.68 0.1 115)", "chart3": "oklch(0.76 0.1 85)",
        "chart4": "oklch(0.8 0.1 50)", "chart5": "oklch(0.65 0.1 230)", "sidebar": "oklch(0.205 0.025 155)",
        "sidebarForeground": "oklch(0.94 0.01 155)", "sidebarPrimary": "oklch(0.78 0.13 155)",
        "sidebarPrimaryForeground": "oklch(0.2 0.03 155)", "sidebarAccent": "oklch(0.32 0.05 115)",
        "sidebarAccentForeground": "oklch(0.95 0.02 115)", "sidebarBorder": "oklch(0.32 0.025 155)",
        "sidebarRing": "oklch(0.62 0.1 155)"
      }}'::jsonb,
      '{"base": "0.375rem"}'::jsonb,
      '{"author": "B-Dashboard", "description": "Moss and pine on paper, easy on the eyes"}'::jsonb
    ),
    (
      'ember', 4, 'Ember', '1.0.0',
      '{"light": {
        "background": "oklch(0.992 0.003 45)", "foreground": "oklch(0.22 0.03 45)", "card": "oklch(1 0 0)",
        "cardForeground": "oklch(0.22 0.03 45)", "popover": "oklch(1 0 0)",
        "popoverForeground": "oklch(0.22 0.03 45)", "primary": "oklch(0.5 0.115 45)",
        "primaryForeground": "oklch(0.985 0.005 45)", "secondary": "oklch(0.95 0.02 45)",
        "secondaryForeground": "oklch(0.3 0.05 45)", "muted": "oklch(0.96 0.01 45)",
        "mutedForeground": "oklch(0.5 0.03 45)", "accent": "oklch(0.93 0.04 70)",
        "accentForeground": "oklch(0.3 0.045 70)", "destructive": "oklch(0.55 0.21 27)",
        "border": "oklch(0.9 0.015 45)", "input": "oklch(0.9 0.015 45)", "ring": "oklch(0.6 0.115 45)",
        "chart1": "oklch(0.55 0.1 45)", "chart2": "oklch(0.6 0.1 70)", "chart3": "oklch(0.65 0.1 25)",
        "chart4": "oklch(0.7 0.1 350)", "chart5": "oklch(0.5 0.1 260)", "sidebar": "oklch(0.97 0.01 45)",
        "sidebarForeground": "oklch(0.26 0.03 45)", "sidebarPrimary": "oklch(0.5 0.115 45)",
        "sidebarPrimaryForeground": "oklch(0.985 0.005 45)", "sidebarAccent": "oklch(0.93 0.04 70)",
        "sidebarAccentForeground": "oklch(0.3 0.045 70)", "sidebarBorder": "oklch(0.9 0.015 45)",
        "sidebarRing": "oklch(0.6 0.115 45)"
      }, "dark": {
        "background": "oklch(0.18 0.02 45)", "foreground": "oklch(0.96 0.01 45)", "card": "oklch(0.22 0.025 45)",
        "cardForeground": "oklch(0.96 0.01 45)", "popover": "oklch(0.22 0.025 45)",
        "popoverForeground": "oklch(0.96 0.01 45)", "primary": "oklch(0.76 0.11 45)",
        "primaryForeground": "oklch(0.2 0.03 45)", "secondary": "oklch(0.29 0.03 45)",
        "secondaryForeground": "oklch(0.95 0.01 45)", "muted": "oklch(0.27 0.02 45)",
        "mutedForeground": "oklch(0.74 0.03 45)", "accent": "oklch(0.32 0.05 70)",
        "accentForeground": "oklch(0.95 0.02 70)", "destructive": "oklch(0.68 0.19 25)",
        "border": "oklch(0.32 0.025 45)", "input": "oklch(0.36 0.025 45)", "ring": "oklch(0.62 0.115 45)",
        "chart1": "oklch(0.72 0.1 45)", "chart2": "oklch(0.68 0.1 70)", "chart3": "oklch(0.76 0.1 25)",
        "chart4": "oklch(0.8 0.1 350)", "chart5": "oklch(0.65 0.1 260)", "sidebar": "oklch(0.205 0.025 45)",
        "sidebarForeground": "oklch(0.94 0.01 45)", "sidebarPrimary": "oklch(0.76 0.11 45)",
        "sidebarPrimaryForeground": "oklch(0.2 0.03 45)", "sidebarAccent": "oklch(0.32 0.05 70)",
        "sidebarAccentForeground": "oklch(0.95 0.02 70)", "sidebarBorder": "oklch(0.32 0.025 45)",
        "sidebarRing": "oklch(0.62 0.115 45)"
      }}'::jsonb,
      '{"base": "0.75rem"}'::jsonb,
      '{"author": "B-Dashboard", "description": "Warm copper and sand, bright without glare"}'::jsonb
    )
) as s (key, position, name, version, colors, radius, metadata)
on t.key = s.key
when matched
  and (t.position, t.name, t.version, t.colors, t.radius, t.metadata)
    is distinct from (s.position, s.name, s.version, s.colors, s.radius, s.metadata)
then
  update set position = s.position, name = s.name, version = s.version, colors = s.colors, radius = s.radius,
    metadata = s.metadata
when not matched then
  insert (key, position, name, version, colors, radius, metadata)
  values (s.key, s.position, s.name, s.version, s.colors, s.radius, s.metadata)
when not matched by source then
  delete;
