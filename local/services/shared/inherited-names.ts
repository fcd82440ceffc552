/** Names through which JavaScript reaches what every object inherits. */
const inheritedNames = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Whether a name could reach `Object.prototype` somewhere behind the gateway. Such names are refused at the edge, so
 * that no library that merges or looks up by a client's name has to be trusted with them.
 */
export function isInheritedName(name: string): boolean {
  return inheritedNames.has(name)
}
