export { workerLanes } from './worker-lanes.ts';
