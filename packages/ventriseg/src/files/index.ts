export { requireNewFolder } from './require-new-folder.ts';
export { type FileToWrite, writeAllWhole, writeWhole } from './write-whole.ts';
