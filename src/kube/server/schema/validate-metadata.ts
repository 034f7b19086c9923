import { jsonEqual } from '../../../kernel';
import type { KubeObject, ObjectMeta, OwnerReference } from '../../schema';
import { type FieldError, forbidden, invalid, required, tooLong } from './field-error';
import type { JsonObject } from './json-shape';
import {
  asPrefix,
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelValueProblems,
  type NameCheck,
  pathSegmentProblems,
  qualifiedNameProblems,
} from './names';

/** What the checks of metadata need to know of a kind. */
export interface MetadataRules {
  readonly group: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Kubernetes' own kinds allow only its own finalizers to have no domain. */
  readonly custom?: boolean;
}

const ANNOTATIONS_LIMIT_BYTES = 256 * 1024;
const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** How objects of a kind may be named. */
function nameCheckOf({ group, kind }: Pick<MetadataRules, 'group' | 'kind'>): NameCheck {
  if (group === 'rbac.authorization.k8s.io') return pathSegmentProblems;
  const label = group === '' && (kind === 'Namespace' || kind === 'Service');
  return label ? dnsLabelProblems : dnsSubdomainProblems;
}

/** Checks ObjectMeta of an object that is to be created, after its name was generated. Reports everything. */
export function validateMetadata({ metadata }: KubeObject, rules: MetadataRules): FieldError[] {
  const strict = rules.custom === false && rules.group !== 'apiextensions.k8s.io';
  const own = strict ? finalizerNameErrors(metadata.finalizers ?? [], 'metadata.finalizers') : [];
  return [...metadataErrors(metadata, nameCheckOf(rules), rules.namespaced), ...own];
}

/** As {@link validateMetadata}, for names of a given syntax. */
export function metadataErrors(metadata: ObjectMeta, check: NameCheck, namespaced: boolean): FieldError[] {
  return [
    ...nameErrors(metadata, check),
    ...namespaceErrors(metadata, namespaced),
    ...commonErrors(metadata),
    ...finalizerErrors(metadata),
  ];
}

/** Checks ObjectMeta of an object that is to replace another one. */
export function validateMetadataUpdate({ metadata }: KubeObject, { metadata: live }: KubeObject): FieldError[] {
  return [...newFinalizerErrors(metadata, live), ...immutableErrors(metadata, live), ...commonErrors(metadata)];
}

function nameErrors({ name = '', generateName = '' }: Partial<ObjectMeta>, check: NameCheck): FieldError[] {
  // A name made from the prefix is judged in its place.
  const prefix = generateName === '' || name !== '' ? [] : asPrefix(check)(generateName);
  const prefixErrors = prefix.map((problem) => invalid('metadata.generateName', generateName, problem));
  if (name === '') return [...prefixErrors, required('metadata.name', 'name or generateName is required')];
  return [...prefixErrors, ...check(name).map((problem) => invalid('metadata.name', name, problem))];
}

function namespaceErrors({ namespace = '' }: ObjectMeta, namespaced: boolean): FieldError[] {
  const field = 'metadata.namespace';
  if (!namespaced) return namespace === '' ? [] : [forbidden(field, 'not allowed on this type')];
  if (namespace === '') return [required(field)];
  return dnsLabelProblems(namespace).map((problem) => invalid(field, namespace, problem));
}

function commonErrors({
  generation = 0,
  labels = {},
  annotations = {},
  ownerReferences = [],
}: ObjectMeta): FieldError[] {
  const negative = generation < 0;
  return [
    ...(negative ? [invalid('metadata.generation', generation, 'must be greater than or equal to 0')] : []),
    ...labelErrors(labels, 'metadata.labels'),
    ...annotationErrors(annotations),
    ...ownerErrors(ownerReferences),
  ];
}

/** Checks a map of labels, in metadata, templates and selectors alike. */
export function labelErrors(labels: Readonly<Record<string, string>>, field: string): FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...qualifiedNameProblems(key).map((problem) => invalid(field, key, problem)),
    ...labelValueProblems(value).map((problem) => invalid(field, value, problem)),
  ]);
}

function annotationErrors(annotations: Readonly<Record<string, string>>): FieldError[] {
  const field = 'metadata.annotations';
  const entries = Object.entries(annotations);
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  const wrong = annotationKeyErrors(annotations, field);
  return bytes > ANNOTATIONS_LIMIT_BYTES ? [...wrong, tooLong(field, ANNOTATIONS_LIMIT_BYTES)] : wrong;
}

/** Checks the keys of annotations, in metadata and templates alike. */
export function annotationKeyErrors(annotations: Readonly<Record<string, string>>, field: string): FieldError[] {
  return Object.keys(annotations).flatMap((key) =>
    qualifiedNameProblems(key.toLowerCase()).map((problem) => invalid(field, key, problem)),
  );
}

function ownerErrors(owners: readonly OwnerReference[]): FieldError[] {
  const field = 'metadata.ownerReferences';
  const controllers = owners.filter(({ controller }) => controller === true).map(({ kind, name }) => `${kind}/${name}`);
  const [first, ...others] = controllers;
  const several = others.map((other) =>
    invalid(
      field,
      owners,
      `Only one reference can have Controller set to true. Found "true" in references for ${first ?? ''} and ${other}`,
    ),
  );
  return [...owners.flatMap((owner) => ownerPartErrors(owner, field)), ...several];
}

function ownerPartErrors(owner: OwnerReference, field: string): FieldError[] {
  const { apiVersion = '', kind = '' } = owner;
  const errors: FieldError[] = [];
  if (apiVersion.split('/').at(-1) === '')
    errors.push(invalid(`${field}.apiVersion`, apiVersion, 'version must not be empty'));
  for (const part of ['kind', 'name', 'uid'] as const) {
    if ((owner[part] ?? '') === '') errors.push(invalid(`${field}.${part}`, '', 'must not be empty'));
  }
  const banned = apiVersion === 'v1' && kind === 'Event';
  return banned ? [...errors, invalid(field, owner, '/v1, Kind=Event is disallowed from being an owner')] : errors;
}

const STANDARD_FINALIZERS = [ORPHAN, FOREGROUND, 'kubernetes'];

/** Names without a domain that are none of Kubernetes' own finalizers. */
function finalizerNameErrors(finalizers: readonly string[], field: string): FieldError[] {
  const detail = 'name is neither a standard finalizer name nor is it fully qualified';
  return finalizers.flatMap((name, index) =>
    name.includes('/') || STANDARD_FINALIZERS.includes(name) ? [] : [invalid(`${field}[${index}]`, name, detail)],
  );
}

function finalizerErrors({ finalizers = [] }: ObjectMeta): FieldError[] {
  const field = 'metadata.finalizers';
  const wrong = finalizers.flatMap((name) =>
    qualifiedNameProblems(name).map((problem) => invalid(field, name, problem)),
  );
  if (!finalizers.includes(ORPHAN) || !finalizers.includes(FOREGROUND)) return wrong;
  return [...wrong, invalid(field, finalizers, `finalizer ${ORPHAN} and ${FOREGROUND} cannot be both set`)];
}

function newFinalizerErrors({ finalizers = [] }: ObjectMeta, live: ObjectMeta): FieldError[] {
  if (live.deletionTimestamp === undefined) return [];
  const added = finalizers.filter((name) => !(live.finalizers ?? []).includes(name)).sort();
  if (added.length === 0) return [];
  const list = `[]string{${added.map((name) => JSON.stringify(name)).join(', ')}}`;
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
  return [forbidden('metadata.finalizers', detail)];
}

const IMMUTABLE = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

function immutableErrors(metadata: ObjectMeta, live: ObjectMeta): FieldError[] {
  const [next, before]: [JsonObject, JsonObject] = [{ ...metadata }, { ...live }];
  const errors = IMMUTABLE.filter((part) => !jsonEqual(next[part], before[part])).map((part) =>
    invalid(`metadata.${part}`, next[part] ?? (part.endsWith('Timestamp') ? null : ''), 'field is immutable'),
  );
  if ((metadata.generation ?? 0) >= (live.generation ?? 0)) return errors;
  return [invalid('metadata.generation', metadata.generation ?? 0, 'must not be decremented'), ...errors];
}
