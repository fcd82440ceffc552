// What runs in the browser. JavaScript, because the rest of the code must not see a browser's types; `page-code.ts`
// builds it.
import { createStudioBFFClient } from '@prisma/studio-core/data/bff'
import { createPostgresAdapter } from '@prisma/studio-core/data/postgres-core'
import { Studio } from '@prisma/studio-core/ui'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'

const adapter = createPostgresAdapter({ executor: createStudioBFFClient({ url: '/query' }) })
createRoot(document.getElementById('studio')).render(createElement(Studio, { adapter }))
