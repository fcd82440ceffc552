import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import parsePrometheusTextFormat from 'parse-prometheus-text-format'

/**
 * What is wrong with a text for Prometheus; empty where nothing is. A parser of the format reads it, and Prometheus' own
 * checker, `promtool`, where the machine has it: at PROMTOOL_PATH, or on the path.
 */
export async function problemsOf(metrics: string): Promise<string> {
  try {
    parsePrometheusTextFormat(metrics)
  } catch (error) {
    return String(error)
  }
  const promtool = spawn(process.env.PROMTOOL_PATH ?? 'promtool', ['check', 'metrics'])
  const isThere = once(promtool, 'spawn').then(
    () => true,
    () => false,
  )
  if (!(await isThere)) return ''
  promtool.stdin.end(metrics)
  const [said, failed] = await Promise.all([text(promtool.stdout), text(promtool.stderr)])
  return said + failed
}
