import { afterAll, beforeAll, beforeEach } from 'vitest'
import { borrowFrontEnd, type FrontEnd, type Person } from './front-end.ts'

/** An admin, a member, a viewer, and somebody who is not in the workspace. */
export interface EndpointPeople {
  app: FrontEnd
  ada: Person
  mia: Person
  vic: Person
  eve: Person
  workspace_id: string
}

/** The people of a suite, with a workspace for each of its tests. */
export function endpointSuite(): () => EndpointPeople {
  let app: FrontEnd
  let ada: Person
  let mia: Person
  let vic: Person
  let eve: Person
  let workspace_id: string
  beforeAll(async () => {
    app = await borrowFrontEnd()
    mia = await app.signUp('Mia')
    vic = await app.signUp('Vic')
    eve = await app.signUp('Eve')
  })
  afterAll(() => app[Symbol.asyncDispose]())
  beforeEach(async () => {
    ada = await app.signUp('Ada')
    workspace_id = await app.createWorkspace(ada, { member: mia, viewer: vic })
  })
  return () => ({ app, ada, mia, vic, eve, workspace_id })
}
