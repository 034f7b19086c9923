export { OwnerControllers } from './owner-controllers';
export { ReleaseCarrier } from './release-carrier';
