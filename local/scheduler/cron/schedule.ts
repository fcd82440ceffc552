import { Cron } from 'croner'

/** When a job runs. */
export interface Schedule {
  /** The first due time after a moment; undefined where only the scheduler's start counts. */
  next(after: Date): Date | undefined
  /** Whether the job runs when the scheduler starts. */
  atStart: boolean
}

const named: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

/**
 * Reads a schedule in pg_cron's notation: five fields in UTC, `N seconds`, or a name such as `@daily`.
 *
 * @throws Error where the text is none of these; `cron.schedule` lets no such text in
 */
export function parseSchedule(text: string): Schedule {
  const normal = text.trim().toLowerCase().replace(/\s+/g, ' ')
  if (normal === '@reboot' || normal === '@restart') return { next: () => undefined, atStart: true }
  const seconds = /^(\d+) seconds?$/.exec(normal)?.[1]
  if (seconds) return { next: (after) => new Date(after.getTime() + Number(seconds) * 1000), atStart: false }

  const fields = (named[normal] ?? normal).split(' ')
  const [, , dayOfMonth = '', , dayOfWeek = ''] = fields
  // `$` is pg_cron's last day of the month, `L` is croner's.
  const pattern = fields.with(2, dayOfMonth.replace('$', 'L')).join(' ')
  const cron = new Cron(pattern, {
    mode: '5-part',
    timezone: 'UTC',
    // Two day fields are alternatives, unless one begins with a star, be it `*/2`.
    domAndDow: dayOfMonth.startsWith('*') || dayOfWeek.startsWith('*'),
  })
  return { next: (after) => cron.nextRun(after) ?? undefined, atStart: false }
}
