import { productionDependencies } from '../_shared/dependencies.ts'
import { readEnvironment, readVariables } from '../_shared/env.ts'
import { createSecretClient } from '../_shared/secret-client.ts'
import { createHandler } from './handler.ts'
import { createMailService } from './mail-service.ts'
import { createUnsubscribeLinks } from './unsubscribe-links.ts'
import { mailVariables } from './variables.ts'

// With the secret key: mails are for nobody to read, and who unsubscribes by a link is not signed in.

const environment = readEnvironment()
const variables = readVariables(mailVariables)

Deno.serve(
  createHandler({
    ...productionDependencies('mail'),
    server: (trace) => createSecretClient(environment, trace),
    service: createMailService(variables),
    perSecond: variables.MAIL_PER_SECOND,
    links: createUnsubscribeLinks(variables.MAIL_LINK_SECRET),
    appUrl: variables.APP_URL,
    functionUrl: variables.MAIL_FUNCTION_URL ?? `${environment.url}/functions/v1/mail`,
    from: variables.MAIL_FROM,
  }),
)
