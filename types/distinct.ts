/** Whether no value of a list stands in it twice. */
export const isDistinct = (list: unknown[]) => new Set(list).size === list.length
