import type * as z from 'zod'
import type { componentSizeSchema } from './component.ts'

/** Twelve columns of the grid make four quarters. */
const columnsOfQuarter = 3

/** A size in the units of a layout: columns and rows. */
export interface GridSize {
  minWidth: number
  maxWidth: number
  defaultWidth: number
  minHeight: number
}

/**
 * The `sizeConfig` of a component in the units in which a layout places widgets: widths in columns, the height in as
 * many rows as give its pixels, with the gaps between them. It is a hint to who drags a widget: a save takes every size
 * that the grid has room for, since a front end may show more or less of a component than its makers thought of.
 *
 * @example
 * const size = { minWidth: 1, defaultWidth: 2, maxWidth: 4, minHeight: 200 }
 * const { minWidth, minHeight } = gridSizeOf(size, layout) // for the w and h of a grid's item
 */
export function gridSizeOf(
  { minWidth, maxWidth, defaultWidth, minHeight }: z.infer<typeof componentSizeSchema>,
  { rowHeight, gap }: { rowHeight: number; gap: number },
): GridSize {
  return {
    minWidth: minWidth * columnsOfQuarter,
    maxWidth: maxWidth * columnsOfQuarter,
    defaultWidth: defaultWidth * columnsOfQuarter,
    minHeight: Math.max(1, Math.ceil((minHeight + gap) / (rowHeight + gap))),
  }
}
