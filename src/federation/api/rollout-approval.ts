import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { FEDERATION_GROUP, FEDERATION_VERSION } from './group';

const spec = z
  .object({
    rollout: z.string().min(1).describe('Name of the Rollout, in this namespace.'),
    stage: z.string().min(1).describe('Stage of the rollout.'),
    gate: z.enum(['before', 'after']).describe('The gate before the stage or the one after it.'),
    revision: z.string().min(1).describe('Digest of the revision that is approved; void for any other.'),
    planDigest: z.string().optional().describe('Digest of the plan that the approver looked at.'),
    decision: z.enum(['Approve', 'Reject']).describe('Reject stops the rollout for good.'),
    approver: z.string().min(1).describe('Who says so.'),
    expiresAt: z.iso.datetime({ offset: true }).optional().describe('Void from then on, unless the gate was passed.'),
    reason: z.string().max(4096).optional().describe('Why, for those who read it later.'),
    evidence: z.record(z.string(), z.string()).optional().describe('What the approver saw at the gate.'),
  })
  .meta({ 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'an approval never changes' }] });

/** A person's word at one gate of one rollout, bound to the revision it is about. */
export const rolloutApprovalKind = defineKind({
  group: FEDERATION_GROUP,
  version: FEDERATION_VERSION,
  kind: 'RolloutApproval',
  plural: 'rolloutapprovals',
  singular: 'rolloutapproval',
  shortNames: ['fra'],
  categories: ['flotilla'],
  namespaced: true,
  description: "A person's word at one gate of one rollout, bound to the revision it is about.",
  spec,
  printerColumns: [
    { name: 'Rollout', type: 'string', jsonPath: '.spec.rollout' },
    { name: 'Stage', type: 'string', jsonPath: '.spec.stage' },
    { name: 'Decision', type: 'string', jsonPath: '.spec.decision' },
    { name: 'Approver', type: 'string', jsonPath: '.spec.approver' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type RolloutApproval = ObjectOf<typeof rolloutApprovalKind>;
export type RolloutApprovalSpec = z.output<typeof spec>;
