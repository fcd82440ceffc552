import { createMiddleware } from 'hono/factory'

/** Whatever of the page a browser may load comes from this address; nobody may show the page in a frame. */
const contentPolicy = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * Lets this page alone through. Studio asks for no password, so that two things are looked at which a browser sends and
 * a foreign page cannot change: the `Host`, which is another name's where somebody's domain was made to point to
 * 127.0.0.1, and the `Origin` of whatever is not a plain visit.
 */
export function ownPageOnly(port: number) {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  return createMiddleware(async (c, next) => {
    c.header('Content-Security-Policy', contentPolicy)
    c.header('Cross-Origin-Resource-Policy', 'same-origin')
    c.header('Referrer-Policy', 'same-origin')
    c.header('X-Content-Type-Options', 'nosniff')
    const host = c.req.header('host') ?? ''
    if (!hosts.includes(host))
      return c.text(`Studio is at http://${hosts[0]}, and answers under no other name.`, 403)
    const origin = c.req.header('origin')
    const isVisit = c.req.method === 'GET' && origin === undefined
    if (!isVisit && origin !== `http://${host}`) return c.text('Studio answers its own page alone.', 403)
    return next()
  })
}
