export { AddressPools } from './address-pools';
