export { findMeanSpace, type MeanSpace } from './mean-space.ts';
export {
  type RegisterRigidOptions,
  type RegistrationProgress,
  type RigidRegistration,
  registerRigid,
} from './register-rigid.ts';
export {
  composeRigid,
  halfRigid,
  identityRigid,
  invertRigid,
  type RigidTransform,
  rigidAbout,
  rigidFromAffine,
  rigidToAffine,
} from './rigid.ts';
