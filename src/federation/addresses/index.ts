export {
  type AddressClaim,
  allocateAddresses,
  type AllocationInput,
  type AllocationResult,
} from './allocate-addresses';
export { addressesOf, addressOwner, claimsOn } from './pool-claims';
