import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { istioStatus, stringMap } from '../networking/fields';

const values = z.array(z.string()).optional();

const source = z.object({
  principals: values,
  notPrincipals: values,
  requestPrincipals: values,
  notRequestPrincipals: values,
  trustDomains: values,
  notTrustDomains: values,
  namespaces: values,
  notNamespaces: values,
  serviceAccounts: values,
  notServiceAccounts: values,
  ipBlocks: values,
  notIpBlocks: values,
  remoteIpBlocks: values,
  notRemoteIpBlocks: values,
});

const operation = z.object({
  hosts: values,
  notHosts: values,
  ports: values,
  notPorts: values,
  methods: values,
  notMethods: values,
  paths: values,
  notPaths: values,
});

const condition = z.object({ key: z.string(), values, notValues: values });

const rule = z.object({
  from: z.array(z.object({ source: source.optional() })).optional(),
  to: z.array(z.object({ operation: operation.optional() })).optional(),
  when: z.array(condition).optional(),
});

const targetRef = z.object({
  group: z.string().optional(),
  kind: z.string(),
  name: z.string(),
  namespace: z.string().optional(),
});

const spec = z.object({
  selector: z.object({ matchLabels: stringMap.optional() }).optional(),
  targetRef: targetRef.optional(),
  targetRefs: z.array(targetRef).optional(),
  rules: z.array(rule).optional(),
  action: z.enum(['ALLOW', 'DENY', 'AUDIT', 'CUSTOM']).optional().describe('ALLOW when left out.'),
  provider: z.object({ name: z.string() }).optional(),
});

/** security.istio.io AuthorizationPolicy: who may call what. */
export const authorizationPolicyKind = defineKind({
  group: 'security.istio.io',
  version: 'v1',
  kind: 'AuthorizationPolicy',
  plural: 'authorizationpolicies',
  singular: 'authorizationpolicy',
  shortNames: [],
  categories: ['istio-io', 'security-istio-io'],
  namespaced: true,
  description: 'Who may call which operations of a workload, and under which conditions.',
  spec,
  status: istioStatus,
  printerColumns: [
    { name: 'Action', type: 'string', jsonPath: '.spec.action' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type AuthorizationPolicy = ObjectOf<typeof authorizationPolicyKind>;
export type AuthorizationRule = z.output<typeof rule>;
export type AuthorizationSource = z.output<typeof source>;
export type AuthorizationOperation = z.output<typeof operation>;
export type AuthorizationCondition = z.output<typeof condition>;
