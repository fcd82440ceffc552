import type { BesideUrl, StackUrls } from './state.ts'

/** Where a stack and what runs beside it are reached, by the names that `status` prints for programs. */
export function stackAddresses(urls: StackUrls, beside: BesideUrl[]): Record<string, string> {
  return {
    API_URL: urls.api,
    REST_URL: `${urls.api}/rest/v1`,
    FUNCTIONS_URL: `${urls.api}/functions/v1`,
    DB_URL: urls.database,
    STUDIO_URL: urls.studio,
    // Not MAILPIT_URL, behind which programs expect Mailpit's API.
    MAILBOX_URL: urls.mailbox,
    ...Object.fromEntries(beside.map(({ variable, url }) => [variable, url])),
  }
}
