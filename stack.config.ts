import { join } from 'node:path'
import type { StackConfig } from './local/stack/index.ts'

// What `npm start` runs beside the stack.

const config: StackConfig = {
  beside: [
    {
      title: 'Example page',
      variable: 'EXAMPLE_URL',
      port: 54_330,
      start: async ({ port, apiUrl, publishableKey, directory }) => {
        const { servePage } = await import('./examples/dashboard/serve.ts')
        return servePage({ port, apiUrl, publishableKey, directory: join(directory, 'example') })
      },
    },
  ],
}

export default config
