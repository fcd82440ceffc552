// The convention of https://www.standardwebhooks.com: HMAC-SHA256 over id, timestamp and body, once for each secret.

/** @throws where a secret is not `whsec_` and base64, which the database makes */
export async function signer(secrets: readonly string[]): Promise<Sign> {
  const keys = await Promise.all(
    secrets.map((secret) =>
      crypto.subtle.importKey(
        'raw',
        Uint8Array.from(atob(secret.replace(/^whsec_/, '')), (character) => character.charCodeAt(0)),
        { name: 'HMAC', hash: 'SHA-256' },
        false,
        ['sign'],
      ),
    ),
  )
  return async (id, body) => {
    const timestamp = String(Math.floor(Date.now() / 1000))
    const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`)
    const signatures = await Promise.all(
      keys.map(async (key) => `v1,${base64(await crypto.subtle.sign('HMAC', key, signed))}`),
    )
    return {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatures.join(' '),
    }
  }
}

/** The headers of one attempt: each has a time of its own, and the id of all of them. */
export type Sign = (id: string, body: string) => Promise<Record<string, string>>

function base64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
}
