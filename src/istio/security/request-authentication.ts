import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { duration, istioStatus, stringMap } from '../networking/fields';

const targetRef = z.object({
  group: z.string().optional(),
  kind: z.string(),
  name: z.string(),
  namespace: z.string().optional(),
});

const jwtRule = z.object({
  issuer: z.string(),
  audiences: z.array(z.string()).optional(),
  jwksUri: z.string().optional(),
  jwks: z.string().optional(),
  fromHeaders: z.array(z.object({ name: z.string(), prefix: z.string().optional() })).optional(),
  fromParams: z.array(z.string()).optional(),
  fromCookies: z.array(z.string()).optional(),
  outputPayloadToHeader: z.string().optional(),
  outputClaimToHeaders: z.array(z.object({ header: z.string(), claim: z.string() })).optional(),
  forwardOriginalToken: z.boolean().optional(),
  timeout: duration.optional(),
  spaceDelimitedClaims: z.array(z.string()).optional(),
});

const spec = z.object({
  selector: z.object({ matchLabels: stringMap.optional() }).optional(),
  targetRef: targetRef.optional(),
  targetRefs: z.array(targetRef).optional(),
  jwtRules: z.array(jwtRule).optional(),
});

/** security.istio.io RequestAuthentication: which tokens a workload accepts. */
export const requestAuthenticationKind = defineKind({
  group: 'security.istio.io',
  version: 'v1',
  kind: 'RequestAuthentication',
  plural: 'requestauthentications',
  singular: 'requestauthentication',
  shortNames: ['ra'],
  categories: ['istio-io', 'security-istio-io'],
  namespaced: true,
  description: 'Which JSON Web Tokens workloads accept, and where they look for them.',
  spec,
  status: istioStatus,
  printerColumns: [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }],
});

export type RequestAuthentication = ObjectOf<typeof requestAuthenticationKind>;
export type JwtRule = z.output<typeof jwtRule>;
