/**
 * Opens a dialog within the page that an element is on. It goes with that page: whoever signs in next sees nothing of
 * it, also where what it was to show comes later.
 */
export function openDialog(dialog: HTMLDialogElement, on: HTMLElement): void {
  const page = on.closest('main')
  if (!page) return
  page.append(dialog)
  dialog.addEventListener('close', () => dialog.remove())
  dialog.showModal()
}
