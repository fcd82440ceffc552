export { columnNotFound, findRelation } from './find-relation.ts'
export { findRelationship, isComputed, type Way } from './find-relationship.ts'
export { type Call, findRoutine } from './find-routine.ts'
