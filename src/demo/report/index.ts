export { checkSplit } from './check-split';
export { renderReport } from './render-report';
export type { Split, UpReport } from './up-report';
