import postgres from 'postgres'

/** What `notify pgrst` can ask for. */
export interface Reloads {
  schema(): Promise<void>
  config(): Promise<void>
}

/** The listening connection of one process. */
export interface NotificationListener {
  close(): Promise<void>
}

/**
 * Listens for `notify pgrst, 'reload schema' | 'reload config'`; without a word both are read again, and after
 * a lost connection too, because what was said meanwhile went unheard.
 */
export async function listenForReloads(url: string, reloads: Reloads): Promise<NotificationListener> {
  const sql = postgres(url, {
    max: 1,
    fetch_types: false,
    onnotice: () => undefined,
    connection: { application_name: 'data-api listener' },
  })
  const reload = (payload: string) => {
    const wanted = {
      '': [reloads.config, reloads.schema],
      'reload schema': [reloads.schema],
      'reload config': [reloads.config],
    }
    for (const work of payload in wanted ? wanted[payload as keyof typeof wanted] : [])
      work().catch((error) =>
        console.error('Data API: a reload failed and the old state stays:', error.message),
      )
  }
  let connectedBefore = false
  await sql.listen('pgrst', reload, () => {
    if (connectedBefore) reload('')
    connectedBefore = true
  })
  return { close: () => sql.end({ timeout: 1 }) }
}
