import { fileError } from '../errors.ts'
import { readNames } from '../remote-defaults.ts'
import type { Context } from './step.ts'

interface Making {
  file: string
  name: string
  /** Makes it, and gives its id. */
  create(): Promise<string>
  /** Takes back what was made. */
  remove(id: string): Promise<unknown>
}

/**
 * Makes what goes by a name that several may share, unless another push makes it too. Nothing in the database keeps the
 * two apart, so each looks before it makes one and after, and takes its own back where there is another: of two that
 * were made at one moment one stays at most, since one that cannot be seen yet will see the other.
 *
 * @returns a function that makes one and gives its id, and throws a StackError where somebody else has made it
 */
export function making({ client, remote }: Context, kind: 'themes' | 'dashboards') {
  const known = new Set(remote[kind].map(({ id }) => id))
  return async ({ file, name, create, remove }: Making): Promise<string> => {
    const idsNow = async () =>
      (await readNames(client, remote.workspace.id, kind, name)).map((thing) => thing.id)
    const isUnknown = (id: string) => !known.has(id)
    const refusal = fileError(file, '', 'Somebody else has made it meanwhile: run the command again.')
    if ((await idsNow()).some(isUnknown)) throw refusal
    const id = await create()
    if ((await idsNow()).some((other) => other !== id && isUnknown(other))) {
      await remove(id)
      throw refusal
    }
    known.add(id)
    return id
  }
}
