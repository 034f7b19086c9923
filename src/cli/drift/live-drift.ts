import { type Bundle, labels } from '../../federation/api';
import { parseZoneName, toFlotillaError } from '../../kernel';
import { type KubeClient, mapLimited } from '../../kube';
import { coreKinds, type KubeObject, namespacedName } from '../../kube/schema';
import { endDrains, identityOf, manifestsOf, planApply } from '../../zone';

/** The part of a client that looking needs. */
export type ReadingClient = Pick<KubeClient, 'get' | 'kindOf' | 'list'>;

/** One field of a cluster that is not as it was released there. */
export interface LiveDifference {
  /** Name of the bundle. */
  readonly bundle: string;
  /** `Kind/namespace/name`, as zones write it. */
  readonly object: string;
  /** Empty for an object that is missing, or should not be there. */
  readonly path: string;
  readonly wanted: string;
  readonly found: string;
}

/** When it is looked, and whether the zone moves weights away from the dead by itself, as it does beside an upstream istiod. */
export interface LookOptions {
  readonly nowMs: number;
  readonly weightsMove: boolean;
}

/** Rows of a DestinationRule that say where the clients of a zone are sent. */
const WEIGHTS = 'spec.trafficPolicy.loadBalancer.localityLbSetting.distribute';
const REQUESTS_AT_ONCE = 8;
const KIND_NOT_SERVED = 'FLO2014';

/**
 * What a cluster has now against what its bundles say, judged as its zone judges it: fields that only the live object has are no
 * difference, nor is what the zone does by itself (drains that end, weights beside an istiod), values of Secrets are hidden. Reads only. @throws KubeApiError when the cluster does not answer, or not to us
 */
export async function liveDrift(
  client: ReadingClient,
  bundles: readonly Bundle[],
  options: LookOptions,
): Promise<readonly LiveDifference[]> {
  const manifests = bundles.flatMap(manifestsOf);
  const live = await readLive(client, manifests);
  const byBundle = new Map<string, KubeObject[]>();
  for (const object of live.values()) {
    const bundle = object.metadata.labels?.[labels.bundle];
    if (bundle !== undefined) byBundle.set(bundle, [...(byBundle.get(bundle) ?? []), object]);
  }
  return bundles
    .flatMap((bundle) => differencesOf(bundle, live, byBundle.get(bundle.metadata.name) ?? [], options))
    .filter(({ object, path }) => !options.weightsMove || !isWeight(object, path));
}

function differencesOf(
  bundle: Bundle,
  live: ReadonlyMap<string, KubeObject>,
  labelled: readonly KubeObject[],
  { nowMs }: LookOptions,
): readonly LiveDifference[] {
  const zone = bundle.spec?.zone;
  const raw = manifestsOf(bundle);
  const manifests = zone === undefined ? raw : endDrains({ manifests: raw, zone: parseZoneName(zone), nowMs });
  const standing = manifests.flatMap((manifest) => live.get(identityOf(manifest)) ?? []);
  const own = new Map([...standing, ...labelled].map((object) => [identityOf(object), object]));
  const { apply, prune } = planApply({ bundle: bundle.metadata.name, manifests, live: own });
  const row = ({ kind, metadata }: KubeObject, path: string, wanted: string, found: string): LiveDifference => ({
    bundle: bundle.metadata.name,
    object: `${kind}/${namespacedName({ metadata })}`,
    ...{ path, wanted, found },
  });
  const changed = apply.flatMap((step) => {
    if (step.kind === 'ensure') return [row(step.manifest, '', 'present', 'absent')];
    if (step.kind === 'refuse') return [row(step.manifest, '', 'present', `belongs to bundle ${step.holder}`)];
    if (step.kind === 'keep') return [];
    return step.differences.map(({ path, wanted, found }) => row(step.manifest, path, wanted, found));
  });
  return [...changed, ...prune.map(({ object }) => row(object, '', 'absent', 'present'))];
}

function isWeight(object: string, path: string): boolean {
  return object.startsWith('DestinationRule/') && path.startsWith(WEIGHTS);
}

/** Objects by identity: all that carry our label, of the kinds that the manifests have, and what else stands where a manifest wants to be. */
async function readLive(
  client: ReadingClient,
  manifests: readonly KubeObject[],
): Promise<ReadonlyMap<string, KubeObject>> {
  const live = new Map<string, KubeObject>();
  const remember = (object: KubeObject): void => void live.set(identityOf(object), object);
  const kinds = new Map(manifests.map(({ apiVersion, kind }) => [`${apiVersion} ${kind}`, { apiVersion, kind }]));
  kinds.delete('v1 Namespace');
  await mapLimited([...kinds.values()], REQUESTS_AT_ONCE, async ({ apiVersion, kind }) => {
    const served = await servedKind(client, apiVersion, kind);
    if (served === undefined) return;
    const { items } = await client.list(served, { labelSelector: `${labels.managedBy}=flotilla` });
    for (const item of items) remember({ ...item, apiVersion, kind });
  });
  const missing = new Map(manifests.map((manifest) => [identityOf(manifest), manifest]));
  const unseen = [...missing].filter(([identity]) => !live.has(identity));
  await mapLimited(unseen, REQUESTS_AT_ONCE, async ([, { apiVersion, kind, metadata }]) => {
    const served = kind === 'Namespace' ? coreKinds.namespace : await servedKind(client, apiVersion, kind);
    const found = served && (await client.get(served, metadata.name, metadata.namespace));
    if (found !== undefined) remember({ ...found, apiVersion, kind });
  });
  return live;
}

/** undefined where the cluster does not have the kind: then it has no such object either. */
async function servedKind(
  client: ReadingClient,
  apiVersion: string,
  kind: string,
): Promise<Awaited<ReturnType<KubeClient['kindOf']>> | undefined> {
  try {
    return await client.kindOf(apiVersion, kind);
  } catch (cause) {
    if (toFlotillaError(cause).code === KIND_NOT_SERVED) return undefined;
    throw cause;
  }
}
