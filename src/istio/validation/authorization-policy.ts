import type { Faults, Field } from '../findings';
import { conditionFaults } from './authorization-condition';
import { addressFaults, emptyValueFaults, portTextFaults, serviceAccountFaults } from './authorization-values';
import { oneOfFaults } from './basics';
import { policyTargetFaults } from './selectors';

/** security.istio.io AuthorizationPolicy, as istiod's webhook judges it. */
export function* authorizationPolicyFaults(object: Field): Faults {
  const spec = object.at('spec');
  const action = spec.at('action').text ?? 'ALLOW';
  yield* policyTargetFaults(spec);
  yield* providerFaults(spec, action);
  yield* dryRunFaults(object, action);
  const rules = spec.at('rules');
  if (['CUSTOM', 'DENY'].includes(action) && !rules.given)
    yield {
      code: 'FLO8121',
      path: spec.path,
      message: `${action} without rules never applies`,
      hint: 'write rules: [{}] to have it apply to every request',
    };
  for (const rule of rules.items) yield* ruleFaults(rule, action);
}

function* providerFaults(spec: Field, action: string): Faults {
  const provider = spec.at('provider');
  if (action === 'CUSTOM' && (provider.at('name').text ?? '') === '')
    yield { code: 'FLO8120', path: provider.path, message: 'CUSTOM needs provider.name: who is asked' };
  if (action !== 'CUSTOM' && provider.given)
    yield { code: 'FLO8120', path: provider.path, message: `${action} asks no provider` };
}

const DRY_RUN = 'istio.io/dry-run';

function* dryRunFaults(object: Field, action: string): Faults {
  const entry = object
    .at('metadata')
    .at('annotations')
    .entries.find(([key]) => key === DRY_RUN);
  if (entry === undefined) return;
  const [, { text = '', path }] = entry;
  if (!['ALLOW', 'DENY'].includes(action))
    yield { code: 'FLO8127', path, message: `${DRY_RUN} is for ALLOW and DENY, not for ${action}` };
  else if (!/^(1|0|t|f|true|false)$/i.test(text))
    yield { code: 'FLO8127', path, message: `"${text}" is neither true nor false` };
}

function* ruleFaults(rule: Field, action: string): Faults {
  yield* emptyListFaults(rule, 'from');
  yield* emptyListFaults(rule, 'to');
  for (const from of rule.at('from').items) yield* sourceFaults(from, action);
  for (const to of rule.at('to').items) yield* operationFaults(to);
  for (const condition of rule.at('when').items) yield* conditionFaults(condition, action);
  if (action === 'DENY' && onlyHttp(rule))
    yield {
      code: 'FLO8125',
      path: rule.path,
      message: 'the rule says nothing but HTTP, so on TCP ports it denies everything',
      hint: 'name the ports that it is for in to[].operation.ports',
    };
}

function* emptyListFaults(rule: Field, name: 'from' | 'to'): Faults {
  const list = rule.at(name);
  if (Array.isArray(list.value) && list.items.length === 0)
    yield { code: 'FLO8122', path: list.path, message: `${name} is empty`, hint: `leave ${name} out to mean everyone` };
}

const NOT_WITH_CUSTOM = [
  'namespaces',
  'notNamespaces',
  'principals',
  'notPrincipals',
  'requestPrincipals',
  'notRequestPrincipals',
];
const SERVICE_ACCOUNTS = ['serviceAccounts', 'notServiceAccounts'];
const ADDRESSES = ['ipBlocks', 'notIpBlocks', 'remoteIpBlocks', 'notRemoteIpBlocks'];
const TRUST_DOMAINS = ['trustDomains', 'notTrustDomains'];
const SOURCES = [...NOT_WITH_CUSTOM, ...SERVICE_ACCOUNTS, ...ADDRESSES, ...TRUST_DOMAINS];

function* sourceFaults(from: Field, action: string): Faults {
  const source = from.at('source');
  const given = source.among(SOURCES).filter(({ items }) => items.length > 0);
  if (given.length === 0)
    yield {
      code: 'FLO8122',
      path: source.path,
      message: 'the source says nothing',
      hint: 'leave from out to mean everyone',
    };
  for (const field of action === 'CUSTOM' ? source.among(NOT_WITH_CUSTOM).filter(({ items }) => items.length > 0) : [])
    yield { code: 'FLO8120', path: field.path, message: 'CUSTOM cannot look at this' };
  if (source.among(SERVICE_ACCOUNTS).length > 0) {
    for (const name of NOT_WITH_CUSTOM.slice(0, 4)) yield* oneOfFaults(source, ['serviceAccounts', name]);
  }
  for (const field of given) yield* emptyValueFaults(field);
  for (const field of source.among(ADDRESSES)) yield* addressFaults(field);
  for (const field of source.among(SERVICE_ACCOUNTS)) yield* serviceAccountFaults(field);
}

const OPERATIONS = ['ports', 'notPorts', 'methods', 'notMethods', 'paths', 'notPaths', 'hosts', 'notHosts'];

function* operationFaults(to: Field): Faults {
  const operation = to.at('operation');
  const given = operation.among(OPERATIONS).filter(({ items }) => items.length > 0);
  if (given.length === 0)
    yield {
      code: 'FLO8122',
      path: operation.path,
      message: 'the operation says nothing',
      hint: 'leave to out to mean every operation',
    };
  for (const field of given) yield* emptyValueFaults(field);
  for (const field of operation.among(['ports', 'notPorts'])) yield* portTextFaults(field);
  for (const field of operation.among(['paths', 'notPaths'])) yield* pathTemplateFaults(field);
}

/** Whether a rule looks at HTTP alone: then it cannot tell TCP connections apart. */
function onlyHttp(rule: Field): boolean {
  const from = rule.at('from').items.map((item) => item.at('source'));
  const to = rule.at('to').items.map((item) => item.at('operation'));
  const connectionSources = [
    'principals',
    'notPrincipals',
    'ipBlocks',
    'notIpBlocks',
    'namespaces',
    'notNamespaces',
    'remoteIpBlocks',
    'notRemoteIpBlocks',
  ];
  const seesConnection = from.some((source) => source.among(connectionSources).length > 0);
  const seesPort = to.some((operation) => operation.among(['ports', 'notPorts']).length > 0);
  return (from.length > 0 && to.length === 0 && !seesConnection) || (to.length > 0 && !seesPort);
}

/** Paths with `{*}` for one segment, and `{**}` at the end for any. */
function* pathTemplateFaults(list: Field): Faults {
  for (const { text, field } of list.texts) {
    const segments = text.replace(/^\/+|\/+$/g, '').split('/');
    const any = segments.indexOf('{**}');
    const braces = segments.find((segment) => /[{}]/.test(segment) && segment !== '{*}' && segment !== '{**}');
    if (braces !== undefined)
      yield {
        code: 'FLO8123',
        path: field.path,
        message: `"${braces}" is no part of a path template`,
        hint: 'write {*} or {**} for a whole segment',
      };
    else if (any >= 0 && segments.slice(any + 1).some((segment) => segment.startsWith('{')))
      yield { code: 'FLO8123', path: field.path, message: '{**} is the last of the templates in a path' };
  }
}
