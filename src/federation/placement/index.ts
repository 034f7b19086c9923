export { placeAccessPoint, type Placement } from './place-access-point';
