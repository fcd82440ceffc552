import { createLinkFilter, withAllowedLinks } from '../../../functions/ai-chat/links.ts'
import { unlinked } from '../../../functions/mail/unlinked.ts'

// How many times as long four times as much of a text takes: `<what is done> <the part that is repeated> <its end>`. It is
// time of the processor, of a process that does nothing else, and the least of some attempts: other work adds to it.

const tasks: Record<string, (text: string) => unknown> = {
  push: (text) => createLinkFilter(['app.example.com']).push(text),
  links: (text) => withAllowedLinks(createLinkFilter(['app.example.com']), text),
  unlinked,
}
const [task, part, end] = process.argv.slice(2).map((text) => JSON.parse(text))

function cpu(length: number): number {
  const text = part.repeat(length / part.length) + end
  const used = process.cpuUsage()
  tasks[task]?.(text)
  const { user, system } = process.cpuUsage(used)
  return (user + system) / 1_000
}
const least = (length: number) => Math.min(...Array.from({ length: 4 }, () => cpu(length)))

// Below some milliseconds it is the clock that is measured.
console.log(JSON.stringify(least(64_000) / Math.max(least(16_000), 5)))
