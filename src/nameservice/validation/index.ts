export { nameFindings, type NameLookups } from './name-findings';
