import type { AuthContext } from './context.ts'
import type { AuthSettings } from './settings.ts'

/** Characters; no browser follows much more, and the patterns are tried on no longer text. */
const longestAddress = 2048

/**
 * Where a link may lead after it was followed: what the client asked for where it is allowed, else the site.
 *
 * @param named an address that the body names, which goes before the others
 */
export function redirectTarget(
  { settings }: Pick<AuthContext, 'settings'>,
  request: Request,
  named?: string | null,
): string {
  const asked = new URL(request.url).searchParams.get('redirect_to') ?? request.headers.get('redirect_to')
  for (const address of [named, asked]) {
    if (!address) continue
    if (isAllowedRedirect(address, settings)) return address
    sayNotAllowed(address, settings)
  }
  const referrer = request.headers.get('referer')
  return referrer && isAllowedRedirect(referrer, settings) ? referrer : settings.site_url
}

/** The client is told nothing, as on Supabase: its link leads elsewhere, and here is why. */
function sayNotAllowed(address: string, { site_url }: AuthSettings): void {
  const allowed = allowingPattern(address)
  console.warn(
    allowed
      ? `Auth: a link was asked for that leads to ${allowed.origin}, which is not allowed: it leads to ${site_url}. ` +
          `To allow it, add "${allowed.pattern}" to additional_redirect_urls in supabase/config.toml, and restart.`
      : `Auth: a redirectTo is no absolute URL of up to ${longestAddress} characters: the link leads to ${site_url}.`,
  )
}

/** Without path and query, which can carry secrets that no log may have. */
function allowingPattern(address: string): { origin: string; pattern: string } | undefined {
  if (address.length > longestAddress || !URL.canParse(address)) return undefined
  const { protocol, host } = new URL(address)
  const origin = `${protocol}//${host}`
  return { origin, pattern: protocol.startsWith('http') ? `${origin}/**` : `${protocol}//**` }
}

/** Whether an address has the site's host or matches an entry of the allow list. */
export function isAllowedRedirect(address: string, settings: AuthSettings): boolean {
  if (address.length > longestAddress || !URL.canParse(address)) return false
  const url = new URL(address)
  const site = new URL(settings.site_url)
  if (url.protocol === site.protocol && url.hostname === site.hostname) return true
  url.hash = ''
  return settings.additional_redirect_urls.some((pattern) => globToRegExp(pattern).test(url.href))
}

/** `*` is any text without `.` and `/`, `**` any text, `?` one character that is neither. */
function globToRegExp(glob: string): RegExp {
  const source = glob.replace(/\*\*|[*?]|[^*?]+/g, (part) => {
    if (part === '**') return '.*'
    if (part === '*') return '[^./]*'
    if (part === '?') return '[^./]'
    return part.replace(/[\\^$.|+()[\]{}]/g, '\\$&')
  })
  return new RegExp(`^${source}$`)
}
