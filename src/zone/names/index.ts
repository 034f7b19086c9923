export { lookAtName } from './look-at-name';
