import * as z from 'zod'
import { readVariables } from '../env.ts'

/** Ports beside 443 that the operator allows; operator_settings.request_ports has them for the database. */
export const portsOfOperator = (): number[] =>
  readVariables(
    z.object({
      DATA_SOURCE_PORTS: z
        .string()
        .default('')
        .transform((text) => text.split(/[\s,]+/).filter((entry) => entry !== ''))
        .transform((entries) => entries.map(Number))
        .refine((entries) => entries.every((port) => Number.isInteger(port) && port > 0 && port < 65_536)),
    }),
  ).DATA_SOURCE_PORTS
