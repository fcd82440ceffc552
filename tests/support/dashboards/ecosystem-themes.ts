import { type ThemeToken, themeTokens } from '../../../types/theme.ts'
import { contractTheme } from './themes.ts'

// The shapes in which shadcn/ui and tweakcn give themes, with the colors of our default theme.

/** A token as style sheets name it: `primaryForeground` is `primary-foreground`, `chart1` is `chart-1`. */
export const inKebab = (token: string) => token.replace(/([A-Z]|\d)/g, '-$1').toLowerCase()

/** The colors of a mode under other names. */
export const renamed = (mode: 'light' | 'dark', nameOf: (token: ThemeToken) => string = inKebab) =>
  Object.fromEntries(themeTokens.map((token) => [nameOf(token), contractTheme.colors[mode][token]]))

const fonts = { 'font-sans': 'Inter, sans-serif', 'font-mono': 'JetBrains Mono, monospace' }

/** An item of a registry of shadcn/ui, as tweakcn serves its themes there. */
export const registryItem = () => ({
  $schema: 'https://ui.shadcn.com/schema/registry-item.json',
  name: 'modern-minimal',
  type: 'registry:style',
  title: 'Modern Minimal',
  description: 'A theme of straight lines.',
  author: 'Ada <ada@example.com>',
  dependencies: [],
  css: { '@layer base': { body: { 'letter-spacing': 'var(--tracking-normal)' } } },
  cssVars: {
    theme: { ...fonts, radius: '0.375rem', 'tracking-normal': '0em' },
    light: {
      ...renamed('light'),
      'destructive-foreground': 'oklch(1 5.6e-17 106)',
      radius: '0.375rem',
      'shadow-sm': '0 1px 3px 0px hsl(0 0% 0% / 0.10)',
      spacing: '0.25rem',
    },
    dark: { ...renamed('dark'), radius: '0.375rem', 'shadow-sm': '0 1px 3px 0px hsl(0 0% 0% / 0.10)' },
  },
})

/** A preset of tweakcn. */
export const preset = () => ({
  label: 'Candyland',
  createdAt: '2025-04-24',
  styles: {
    light: { ...renamed('light'), ...fonts, radius: '8px', 'shadow-color': 'oklch(0 0 0)' },
    dark: { ...renamed('dark'), radius: '8px', 'letter-spacing': '0em' },
  },
})
