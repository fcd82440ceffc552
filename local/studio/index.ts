export { startStudio } from './studio.ts'
