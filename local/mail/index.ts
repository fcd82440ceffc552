export { type Mailbox, type MailboxOptions, startMailbox } from './mailbox.ts'
