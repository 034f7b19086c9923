import { toFlotillaError } from '../../../../kernel';
import { compileCondition, type Condition } from '../../schema';
import type { Webhook } from './webhook-configuration';

/** What match conditions may name. The real server offers `authorizer` too. */
export const CONDITION_NAMES = ['object', 'oldObject', 'request'] as const;

/** Whether a webhook's conditions hold: `fault` when none is false and one cannot be told. */
export type Match = { readonly matches: boolean } | { readonly fault: string };

/**
 * Decides by a webhook's match conditions (https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-matchconditions):
 * one that is false keeps the webhook out, whatever the others are. Compiled conditions are kept while their webhook is.
 */
export function matchConditions(
  { matchConditions: conditions = [] }: Pick<Webhook, 'matchConditions'>,
  values: Readonly<Record<(typeof CONDITION_NAMES)[number], unknown>>,
): Match {
  let fault: string | undefined;
  for (const { name, expression } of conditions) {
    try {
      if (!compiled(expression).holds(values)) return { matches: false };
    } catch (cause) {
      fault ??= `expression '${name}' resulted in error: ${toFlotillaError(cause).message}`;
    }
  }
  return fault === undefined ? { matches: true } : { fault };
}

const MAX_KEPT = 1_000;
const kept = new Map<string, Condition>();

function compiled(expression: string): Condition {
  const known = kept.get(expression);
  if (known !== undefined) return known;
  const made = compileCondition(expression, CONDITION_NAMES);
  if ('problem' in made) throw new Error(made.problem);
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(expression, made);
  return made;
}
