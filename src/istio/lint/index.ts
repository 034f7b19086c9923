export { lint } from './lint';
export type { GatewayWorkload, LintContext } from './lint-context';
export { lintTextList } from './texts';
