export { createStorage } from './storage.ts'
export { isUpload } from './upload-body.ts'
