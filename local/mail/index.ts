export { startMailbox } from './mailbox.ts'
