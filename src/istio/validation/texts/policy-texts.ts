import type { FindingText } from '../../findings';
import { example, REFUSED } from './example';

const error = 'error' as const;
const warning = 'warning' as const;
const authorization = (text: string): string => example('AuthorizationPolicy', text);

/** Findings of PeerAuthentication, RequestAuthentication, AuthorizationPolicy and Telemetry. */
export const policyTexts: readonly FindingText[] = [
  {
    code: 'FLO8120',
    severity: error,
    when: 'action CUSTOM lacks its provider or looks at what it cannot see; or another action has a provider',
    fix: 'give provider.name with CUSTOM only, and leave principals, namespaces and tokens to ALLOW and DENY',
    traffic: `${REFUSED} Without a provider, requests would be refused or let through unasked.`,
    example: authorization('action: CUSTOM\nrules: [{}]'),
  },
  {
    code: 'FLO8121',
    severity: error,
    when: 'action DENY or CUSTOM has no rules',
    fix: 'write rules; [{}] fits every request',
    traffic: `${REFUSED} The policy would never apply.`,
    example: authorization('action: DENY'),
  },
  {
    code: 'FLO8122',
    severity: error,
    when: 'from, to, a source or an operation of a rule is empty',
    fix: 'say something in it, or leave it out to mean everyone',
    traffic: REFUSED,
    example: authorization('rules: [{from: [{source: {}}]}]'),
  },
  {
    code: 'FLO8123',
    severity: error,
    when: 'a value of a rule is empty or not what its field is about: an address, a port, a path, a service account',
    fix: 'correct the value',
    traffic: `${REFUSED} A rule with such a value would match nothing: an ALLOW would let nobody in, a DENY keep nobody out.`,
    example: authorization('rules: [{from: [{source: {ipBlocks: [10.0.0.0/40]}}]}]'),
  },
  {
    code: 'FLO8124',
    severity: error,
    when: 'a condition has no key, an unknown one, or no values',
    fix: 'use an attribute such as source.ip, request.headers[name] or request.auth.claims[name], with values',
    traffic: `${REFUSED} The rule would match nothing.`,
    example: authorization('rules: [{when: [{key: request.header, values: [x]}]}]'),
  },
  {
    code: 'FLO8125',
    severity: warning,
    when: 'a DENY rule looks at HTTP only',
    fix: 'name the ports in to[].operation.ports',
    traffic: 'On TCP ports the proxy sees no requests, takes the rule to fit, and closes every connection.',
    example: authorization('action: DENY\nrules: [{to: [{operation: {methods: [DELETE]}}]}]'),
  },
  {
    code: 'FLO8130',
    severity: error,
    when: 'portLevelMtls is empty or has no selector',
    fix: 'give selector.matchLabels, or mtls for all ports',
    traffic: `${REFUSED} Ports are those of a workload, so without one the mode would apply nowhere.`,
    example: example('PeerAuthentication', 'portLevelMtls: {"8080": {mode: DISABLE}}'),
  },
  {
    code: 'FLO8135',
    severity: error,
    when: 'a token rule has an empty issuer, audience, header or claim, or keys that cannot be read',
    fix: 'write the issuer as the tokens have it; give keys as jwksUri (https://…) or jwks',
    traffic: `${REFUSED} Without keys, every request with a token of that issuer would be refused with 401.`,
    example: example('RequestAuthentication', 'jwtRules: [{issuer: "", jwksUri: "https://id.example.com/keys"}]'),
  },
  {
    code: 'FLO8140',
    severity: error,
    when: 'a provider, tag or metric of a Telemetry has no name or value, or the metric is unknown',
    fix: 'name it, or remove the entry',
    traffic: 'Traffic is not touched; the metric, span or log would be missing.',
    example: example('Telemetry', 'metrics: [{overrides: [{tagOverrides: {version: {operation: UPSERT}}}]}]'),
  },
  {
    code: 'FLO8141',
    severity: warning,
    when: 'a Telemetry has several tracing entries or tracing providers',
    fix: 'keep one',
    traffic: 'Traffic is not touched; only the first entry is used.',
    example: example('Telemetry', 'tracing: [{providers: [{name: a}, {name: b}]}]'),
  },
];
