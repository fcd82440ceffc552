import { z } from 'zod'
import { answer } from '../calls.ts'
import { membersFile } from '../folder.ts'
import { type Context, nothing, type Part, type Step } from './step.ts'

const answerSchema = z.object({
  status: z.enum(['active', 'suspended', 'invited']),
  invitation: z.object({ token: z.string() }).loose().nullable(),
})

/** The people: who has an account is in the workspace, everybody else is invited. */
export function planMembers({ client, folder, remote, options }: Context): Part {
  if (!folder.members) return nothing
  const workspace_id = remote.workspace.id
  const present = new Map(remote.members.map((member) => [member.email, member]))
  const wanted = new Set(folder.members.map(({ email }) => email))

  const steps = folder.members
    .filter(({ email, role }) => {
      const member = present.get(email)
      return !member || member.role !== role || member.isExpired
    })
    // First those who come to be admins, so that the last one can stop being one.
    .sort((one, other) => Number(other.role === 'admin') - Number(one.role === 'admin'))
    .map(({ email, role }): Step => {
      const member = present.get(email)
      return {
        action: member ? 'change' : 'create',
        subject: `${membersFile}: ${email}`,
        details: [member && member.role !== role ? `${member.role} → ${role}` : role],
        async run() {
          const asked = client.rpc('admin_set_member', { workspace_id, email, role })
          const { status, invitation } = answerSchema.parse(await answer(asked, `${membersFile}: ${email}`))
          if (invitation) options.keepToken(invitation)
          return status === 'invited' ? 'invited' : undefined
        },
      }
    })
  const deletions = remote.members
    .filter(({ email }) => !wanted.has(email))
    .map(({ email }): Step => {
      const subject = `${membersFile}: ${email}`
      const run = async () => {
        await answer(client.rpc('admin_remove_member', { workspace_id, email }), subject)
        return undefined
      }
      return { action: 'delete', subject, details: [], run }
    })
  const leavesNobody = options.deletes && !folder.members.some(({ role }) => role === 'admin')
  const conflicts = leavesNobody
    ? [{ subject: membersFile, message: 'Nobody in it is an admin, whom a workspace needs: name one.' }]
    : []
  return { steps, deletions, conflicts }
}
