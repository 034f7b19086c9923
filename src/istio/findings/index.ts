export { childPath, Field } from './field';
export { type Fault, type Faults, type FindingText, textsByCode, toFinding } from './finding-text';
export { referenceTo } from './object-reference';
