export { type NodeBackend, type OpenBackendOptions, openBackend } from './open-backend.ts';
export { workerLanes } from './worker-lanes.ts';
