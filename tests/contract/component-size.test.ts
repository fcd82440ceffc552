import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gridSizeOf } from '../../types/component-size.ts'
import { contractComponents } from '../support/dashboards/components.ts'
import { contractView } from '../support/dashboards/layouts.ts'

describe('the size of a component in the units of the grid', () => {
  it('has columns for quarters, and rows for pixels', () => {
    const size = { minWidth: 1, maxWidth: 4, defaultWidth: 2, minHeight: 120 }
    expect(gridSizeOf(size, { rowHeight: 80, gap: 16 })).toEqual({
      minWidth: 3,
      maxWidth: 12,
      defaultWidth: 6,
      minHeight: 2,
    })
    expect(gridSizeOf({ ...size, minHeight: 80 }, { rowHeight: 80, gap: 16 }).minHeight).toBe(1)
    expect(gridSizeOf({ ...size, minHeight: 81 }, { rowHeight: 80, gap: 16 }).minHeight).toBe(2)
  })

  it('is the least number of rows that is high enough, in any grid', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 0, max: 100 }),
        (minHeight, rowHeight, gap) => {
          const { minHeight: rows } = gridSizeOf(
            { minWidth: 1, maxWidth: 1, defaultWidth: 1, minHeight },
            { rowHeight, gap },
          )
          const height = (count: number) => count * rowHeight + (count - 1) * gap
          expect(height(rows)).toBeGreaterThanOrEqual(minHeight)
          if (rows > 1) expect(height(rows - 1)).toBeLessThan(minHeight)
        },
      ),
    )
  })

  it('leaves room for every widget of the initial view', () => {
    for (const { widgetId, position } of contractView.layout.widgets) {
      const component = contractComponents.find(({ id }) => id === widgetId)
      if (!component) throw new Error(`There is no component ${widgetId}.`)
      const { minWidth, maxWidth } = gridSizeOf(component.sizeConfig, contractView.layout)
      expect([widgetId, position.width >= minWidth && position.width <= maxWidth]).toEqual([widgetId, true])
    }
  })
})
