import type { Install, UpgradePreview } from '../../../../types/index.ts'
import { installUsesSchema } from '../../../../types/index.ts'
import type { Client } from '../client.ts'
import { button } from '../controls.ts'
import { element } from '../element.ts'

/** What a workspace has installed: each with its notice, and what can be done with it. */
export function installList(
  supabase: Client,
  workspace_id: string,
  installs: Install[],
  changed: () => Promise<void>,
): HTMLElement {
  const item = (install: Install) => {
    const { id: install_id, upgrade, notice } = install
    const told = element('p', { role: 'status' })
    const change = (work: () => Promise<unknown>) => async () => {
      await work()
      await changed()
    }
    return element(
      'li',
      {},
      element('strong', {}, install.name),
      element('p', {}, `${install.author} · ${install.version}${install.isPinned ? ' · pinned' : ''}`),
      ...(notice ? [element('p', { className: 'notice' }, noticeOf(notice))] : []),
      ...(upgrade && !install.isPinned
        ? [
            button(`What would ${upgrade.version} change?`, async () => {
              const { data } = await supabase
                .rpc('preview_upgrade', { workspace_id, install_id })
                .throwOnError()
              told.replaceChildren(
                describe(data),
                button(
                  'Upgrade',
                  change(async () =>
                    supabase
                      .rpc('upgrade_install', {
                        workspace_id,
                        install_id,
                        version: data.to,
                        content_hash: data.contentHash,
                        allow_addresses: data.addresses,
                      })
                      .throwOnError(),
                  ),
                ),
              )
            }),
          ]
        : []),
      ...(install.canRollBack
        ? [
            button(
              'Roll back',
              change(async () =>
                supabase.rpc('roll_back_install', { workspace_id, install_id }).throwOnError(),
              ),
            ),
          ]
        : []),
      button(
        install.isPinned ? 'Unpin' : 'Pin',
        change(async () =>
          supabase
            .rpc('pin_install', { workspace_id, install_id, is_pinned: !install.isPinned })
            .throwOnError(),
        ),
      ),
      button('Remove', async () => {
        const { error } = await supabase.rpc('remove_install', { workspace_id, install_id })
        if (error) throw new Error(usesIn(error.details) ?? error.message)
        await changed()
      }),
      told,
    )
  }
  return installs.length
    ? element('ul', {}, ...installs.map(item))
    : element('p', {}, 'Nothing is installed yet.')
}

function noticeOf({ kind, reason }: NonNullable<Install['notice']>): string {
  if (kind === 'taken_down') return `It was taken down: ${reason}. This copy goes on working.`
  return 'It is offered no more. This copy goes on working.'
}

/** A preview in sentences: numbers, and the views by name that may be named. */
function describe({ component, theme, view, addresses, requires }: UpgradePreview): string {
  const views = component?.views.map(
    ({ name, widgets }) => `${name ?? 'views that are not yours'} (${widgets})`,
  )
  const parts = [
    component &&
      `${component.widgets.total} widgets in ${component.viewCount} views: ` +
        `${component.widgets.mapped} get another configuration, ${component.widgets.invalid} keep their version.`,
    views?.length && `In ${views.join(', ')}.`,
    theme && `${theme.changes.length} colors change.`,
    view && `${view.changes.length} parts change, ${view.changes.filter(({ stays }) => stays).length} stay.`,
    addresses.length && `It asks for data at ${addresses.join(', ')}.`,
    requires.length &&
      `It takes ${requires.map(({ componentKey, version }) => `${componentKey} ${version}`).join(', ')} first.`,
  ]
  return parts.filter(Boolean).join(' ')
}

/** What uses a copy, where a refusal says so. */
function usesIn(details: string): string | undefined {
  try {
    const { uses } = installUsesSchema.parse(JSON.parse(details))
    const named = uses.map(({ kind, name, count }) => `${name ?? kind.replace('_', ' ')} (${count})`)
    return `It is used: ${named.join(', ')}`
  } catch {
    return undefined
  }
}
