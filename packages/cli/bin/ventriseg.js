#!/usr/bin/env node
// Stands in the tree, so that `npm ci` can link the command before the first build makes `dist`.
import { main } from '../dist/main.js';

await main();
