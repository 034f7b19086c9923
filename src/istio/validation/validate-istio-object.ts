import type { Finding } from '../../kernel';
import { apiVersionOfKind, type KindDefinition, parseApiVersion } from '../../kube/schema';
import { type Faults, Field, referenceTo, toFinding } from '../findings';
import { istioKinds } from '../kinds';
import { authorizationPolicyFaults } from './authorization-policy';
import { destinationRuleFaults } from './destination-rule';
import { gatewayFaults } from './gateway';
import { metadataFaults } from './metadata-faults';
import { peerAuthenticationFaults } from './peer-authentication';
import { requestAuthenticationFaults } from './request-authentication';
import { schemaFaults } from './schema-faults';
import { serviceEntryFaults } from './service-entry';
import { sidecarFaults } from './sidecar';
import { telemetryFaults } from './telemetry';
import { validationTexts } from './texts';
import { virtualServiceFaults } from './virtual-service';
import { workloadEntryFaults, workloadGroupFaults } from './workload';

type Rules = (object: Field, namespace: string) => Faults;

const rules: Readonly<Record<string, Rules>> = {
  Gateway: gatewayFaults,
  VirtualService: virtualServiceFaults,
  DestinationRule: destinationRuleFaults,
  ServiceEntry: serviceEntryFaults,
  WorkloadEntry: workloadEntryFaults,
  WorkloadGroup: workloadGroupFaults,
  Sidecar: sidecarFaults,
  PeerAuthentication: peerAuthenticationFaults,
  RequestAuthentication: requestAuthenticationFaults,
  AuthorizationPolicy: authorizationPolicyFaults,
  Telemetry: telemetryFaults,
};

/** Versions in which Istio serves its groups. */
const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  'networking.istio.io': ['v1', 'v1beta1', 'v1alpha3'],
  'security.istio.io': ['v1', 'v1beta1'],
  'telemetry.istio.io': ['v1', 'v1alpha1'],
};

const kinds: ReadonlyMap<string, KindDefinition> = new Map(
  istioKinds.map((kind) => [`${kind.group}/${kind.kind}`, kind]),
);

/** Whether an object is of one of the kinds that `validateIstioObject` judges, in whatever version. */
export function isIstioObject({ apiVersion, kind }: Readonly<Record<string, unknown>>): boolean {
  return definitionOf(apiVersion, kind) !== undefined;
}

/** What is wrong with name, namespace, labels and annotations of an object of any kind. */
export function metadataFindings(object: Readonly<Record<string, unknown>>): Finding[] {
  return [...metadataFaults(new Field('', object))].map((fault) =>
    toFinding(fault, referenceTo(object), validationTexts),
  );
}

function definitionOf(apiVersion: unknown, kind: unknown): KindDefinition | undefined {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  return kinds.get(`${parseApiVersion(apiVersion).group}/${kind}`);
}

/**
 * Everything that is wrong with one Istio object by itself: shape, metadata, and the rules by which istiod's webhook and Istio's
 * CustomResourceDefinitions refuse or warn. Takes any JSON and never throws; an object of another kind has no findings.
 */
export function validateIstioObject(object: Readonly<Record<string, unknown>>): Finding[] {
  const kind = definitionOf(object.apiVersion, object.kind);
  if (kind === undefined) return [];
  const root = new Field('', object);
  const reference = referenceTo(object);
  const namespace = root.at('metadata').at('namespace').text ?? 'default';
  const semantic = rules[kind.kind];
  const faults = [
    ...versionFaults(kind, reference.apiVersion),
    ...metadataFaults(root),
    ...schemaFaults(kind, object),
    ...(semantic === undefined ? [] : semantic(root, namespace)),
  ];
  return faults.map((fault) => toFinding(fault, reference, validationTexts));
}

function* versionFaults(kind: KindDefinition, apiVersion: string): Faults {
  const { group, version } = parseApiVersion(apiVersion);
  const served = VERSIONS[group] ?? [kind.version];
  if (served.includes(version)) return;
  const message = `${kind.kind} is not served as ${apiVersion}`;
  yield { code: 'FLO8005', path: 'apiVersion', message, hint: `write ${apiVersionOfKind(kind)}` };
}
