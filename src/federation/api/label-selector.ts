import { z } from 'zod';

/** metav1.LabelSelector; an empty one selects everything. */
export const labelSelector = z.object({
  matchLabels: z.record(z.string(), z.string()).optional().describe('Labels with exactly these values.'),
  matchExpressions: z
    .array(
      z.object({
        key: z.string().min(1).describe('Name of the label.'),
        operator: z
          .enum(['In', 'NotIn', 'Exists', 'DoesNotExist'])
          .describe('NotIn also holds where the label is absent.'),
        values: z.array(z.string()).optional().describe('For In and NotIn only.'),
      }),
    )
    .optional()
    .describe('Conditions on labels; all must hold.'),
});

export type LabelSelector = z.output<typeof labelSelector>;

type LabelExpression = NonNullable<LabelSelector['matchExpressions']>[number];

/** Whether labels satisfy a selector, by the rules of metav1.LabelSelector: every part must hold. */
export function matchesSelector(selector: LabelSelector, labels: Readonly<Record<string, string>> = {}): boolean {
  const exact = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return exact && (selector.matchExpressions ?? []).every((expression) => matchesExpression(expression, labels));
}

/** `NotIn` also holds for labels that are absent, as in Kubernetes. */
function matchesExpression(
  { key, operator, values = [] }: LabelExpression,
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

/** Labels that satisfy a selector, as far as labels can: an expression that wants a label away needs none. */
export function labelsSatisfying({ matchLabels, matchExpressions = [] }: LabelSelector): Record<string, string> {
  const wanted = matchExpressions.flatMap(({ key, operator, values = [] }): (readonly [string, string])[] => {
    if (operator === 'In') return [[key, values[0] ?? '']];
    return operator === 'Exists' ? [[key, 'true']] : [];
  });
  return { ...Object.fromEntries(wanted), ...matchLabels };
}
