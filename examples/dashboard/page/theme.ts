import type { Dashboard } from '../../../types/index.ts'

/** Shows the page in the colors of a theme, light or dark as the person prefers. */
export function applyTheme({ theme, preferences }: Pick<Dashboard, 'theme' | 'preferences'>): void {
  const { theme_mode } = preferences
  const isDark =
    theme_mode === 'dark' || (theme_mode === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  const { style } = document.documentElement
  style.colorScheme = isDark ? 'dark' : 'light'
  for (const [token, color] of Object.entries(theme.colors[isDark ? 'dark' : 'light']))
    style.setProperty(`--${token}`, color)
  style.setProperty('--radius', theme.radius.base)
}
