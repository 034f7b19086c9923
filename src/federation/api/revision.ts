import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { FEDERATION_GROUP, FEDERATION_VERSION } from './group';

const frozen = z.looseObject({}).meta({ 'x-kubernetes-preserve-unknown-fields': true });

const spec = z
  .object({
    owner: z
      .object({
        kind: z.enum(['AccessPoint', 'NameService', 'FederatedDeployment']).describe('Kind of the owner.'),
        name: z.string().describe('Name of the owner, in this namespace.'),
      })
      .describe('Whose intent it is.'),
    number: z.int().min(1).describe('Counts the revisions of one owner; a return to old intent is a new number.'),
    digest: z.string().describe('Digest of the snapshot: what bundles and status call the revision.'),
    mesh: z.string().describe('Mesh that the intent was written for.'),
    snapshot: frozen.describe('The intent with everything it uses; its shape is that of the kind of the owner.'),
  })
  .meta({ 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'a revision never changes' }] });

/** An immutable snapshot of one object's intent; the last ten are kept for rollback and diff. */
export const revisionKind = defineKind({
  group: FEDERATION_GROUP,
  version: FEDERATION_VERSION,
  kind: 'Revision',
  plural: 'revisions',
  singular: 'revision',
  shortNames: ['frev'],
  categories: ['flotilla'],
  namespaced: true,
  description:
    'An immutable snapshot of the intent of one AccessPoint or NameService, made by the hub on every change.',
  spec,
  printerColumns: [
    { name: 'Owner', type: 'string', jsonPath: '.spec.owner.name' },
    { name: 'Number', type: 'integer', jsonPath: '.spec.number' },
    { name: 'Digest', type: 'string', jsonPath: '.spec.digest', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type Revision = ObjectOf<typeof revisionKind>;
export type RevisionSpec = z.output<typeof spec>;
