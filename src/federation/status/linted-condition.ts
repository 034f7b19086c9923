import type { Finding } from '../../kernel';
import type { ConditionParts } from './set-condition';

/**
 * What is valid in the spec as written and may bite all the same; the message names every field, and the code that `flotilla explain` tells more about.
 * It stands in the way of nothing: what is not Linted is released like anything else.
 */
export function lintedCondition(findings: readonly Finding[]): ConditionParts {
  const type = 'Linted';
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  if (warnings.length === 0)
    return { type, status: 'True', reason: 'NothingFound', message: 'nothing in the spec is known to bite' };
  const message = warnings.map(told).join('; ');
  return { type, status: 'False', reason: 'TrapsFound', message };
}

function told({ path = 'spec', message, code, hint }: Finding): string {
  return `${path}: ${message}${hint === undefined ? '' : ` - ${hint}`} (${code})`;
}
