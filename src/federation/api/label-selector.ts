import { z } from 'zod';
import { selects } from '../../kube/schema';

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

/** Whether labels satisfy a selector, by the rules of metav1.LabelSelector: every part must hold. */
export function matchesSelector(selector: LabelSelector, labels: Readonly<Record<string, string>> = {}): boolean {
  return selects(selector, labels);
}

/** Labels that satisfy a selector, as far as labels can: an expression that wants a label away needs none. */
export function labelsSatisfying({ matchLabels, matchExpressions = [] }: LabelSelector): Record<string, string> {
  const wanted = matchExpressions.flatMap(({ key, operator, values = [] }): (readonly [string, string])[] => {
    if (operator === 'In') return [[key, values[0] ?? '']];
    return operator === 'Exists' ? [[key, 'true']] : [];
  });
  return { ...Object.fromEntries(wanted), ...matchLabels };
}
