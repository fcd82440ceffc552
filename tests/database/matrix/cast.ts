import type pg from 'pg'
import { createMatrixCast } from '../../support/database/policy-matrix.ts'
import { matrix } from './index.ts'

/** The cast of the matrix with its rows, for every suite that attacks them: one function, so that they share a database. */
export const matrixCast = (client: pg.Client) => createMatrixCast(client, matrix)
