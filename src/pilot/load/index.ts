export { LoadReporting, type LoadReportingOptions } from './load-reporting';
export type { LoadShares } from './load-table';
