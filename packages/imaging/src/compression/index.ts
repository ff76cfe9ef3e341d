export { gunzip, gzip, isGzip } from './gzip.ts';
