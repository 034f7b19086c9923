import { z } from 'zod';
import { labelSelector } from '../../federation/api';
import { zoneName } from './fields';

const operation = z.object({
  op: z
    .enum(['add', 'remove', 'replace', 'move', 'copy', 'test'])
    .describe('test fails the whole patch when the value differs.'),
  path: z.string().describe('JSON pointer (RFC 6901), for example /spec/servers/0/port/number.'),
  from: z.string().optional().describe('JSON pointer, for move and copy.'),
  value: z.unknown().optional().describe('For add, replace and test.'),
});

const target = z
  .object({
    clusters: z.array(z.string().min(1)).min(1).optional().describe('These MemberClusters.'),
    zones: z.array(zoneName).min(1).optional().describe('region/zone'),
    selector: labelSelector.optional().describe('Labels of MemberClusters.'),
  })
  .describe('Which clusters; all conditions must hold, none means every cluster.');

/** A change to rendered objects in some clusters, applied last. */
export const override = z
  .object({
    target: target.prefault({}),
    object: z
      .object({
        kind: z.string().min(1).describe('Kind of the objects that are changed, for example DestinationRule.'),
        name: z.string().min(1).optional().describe('Every object of the kind when left out.'),
      })
      .describe('Which of the rendered objects.'),
    jsonPatch: z.array(operation).min(1).optional().describe('RFC 6902.'),
    mergePatch: z
      .looseObject({})
      .meta({ 'x-kubernetes-preserve-unknown-fields': true })
      .optional()
      .describe('RFC 7396: null removes a field, lists are replaced.'),
  })
  .meta({
    'x-kubernetes-validations': [
      { rule: 'has(self.jsonPatch) != has(self.mergePatch)', message: 'give either jsonPatch or mergePatch' },
    ],
  });

export type Override = z.output<typeof override>;
