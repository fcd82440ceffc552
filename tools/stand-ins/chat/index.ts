export { bodyOf } from './body.ts'
export { type ChatStandIn, type Keep, startChat } from './chat.ts'
export { createPace, type Pace } from './pace.ts'
