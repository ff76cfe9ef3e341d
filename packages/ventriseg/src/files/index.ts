export { type FileToWrite, writeAllWhole, writeWhole } from './write-whole.ts';
