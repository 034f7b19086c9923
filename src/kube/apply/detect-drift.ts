import { type FlotillaError, formatTime, type ObjectReference, toFlotillaError } from '../../kernel';
import type { KubeObject } from '../schema';
import type { ApplyOptionsOfSet } from './apply-engine';
import { planApply } from './apply-plan';
import { referenceOf } from './apply-result';
import { diffFields, type FieldDifference } from './diff-fields';
import { mapLimited } from './map-limited';

/** One field of a live object that is not as the set wants it. */
export interface Drift extends FieldDifference {
  readonly object: ObjectReference;
  /** RFC 3339. */
  readonly firstSeen: string;
}

/** What a look at the live objects found. */
export interface DriftReport {
  readonly drift: readonly Drift[];
  /** Objects that could not be looked at: nothing is known of their drift. */
  readonly unknown: readonly { readonly object: ObjectReference; readonly error: FlotillaError }[];
}

/** What to compare, and the last report, whose `firstSeen` live on. */
export interface DriftOptions extends Pick<
  ApplyOptionsOfSet,
  'client' | 'manifests' | 'owner' | 'fieldManager' | 'concurrency' | 'signal'
> {
  readonly nowMs: number;
  readonly previous?: readonly Drift[];
}

type Finding = { readonly drift: readonly Omit<Drift, 'firstSeen'>[] } | DriftReport['unknown'][number];

/**
 * Compares each live object to what applying it again would make of it (a forced server-side dry run, so that
 * defaults and fields of other managers are no drift). Changes nothing.
 */
export async function detectDrift(options: DriftOptions): Promise<DriftReport> {
  const { manifests, owner, previous = [], nowMs, concurrency = 4 } = options;
  const objects = planApply(manifests, owner).phases.flat();
  const findings = await mapLimited(objects, concurrency, (manifest) => driftOf(manifest, options));
  const found = findings.flatMap((finding) => ('drift' in finding ? finding.drift : []));
  const unknown = findings.flatMap((finding) => ('drift' in finding ? [] : [finding]));
  return { drift: keepFirstSeen(found, previous, nowMs), unknown };
}

/** Drift that was there before, with the same value found, keeps the time it was first seen. Pure. */
export function keepFirstSeen(
  found: readonly Omit<Drift, 'firstSeen'>[],
  previous: readonly Drift[],
  nowMs: number,
): readonly Drift[] {
  const before = new Map(previous.map((drift) => [driftKey(drift), drift.firstSeen]));
  return found.map((drift) => ({ ...drift, firstSeen: before.get(driftKey(drift)) ?? formatTime(nowMs) }));
}

function driftKey({ object, path, found }: Omit<Drift, 'firstSeen'>): string {
  return JSON.stringify([object.apiVersion, object.kind, object.namespace, object.name, path, found]);
}

async function driftOf(manifest: KubeObject, { client, fieldManager, signal }: DriftOptions): Promise<Finding> {
  const object = referenceOf(manifest);
  const { name, namespace } = manifest.metadata;
  const withSignal = signal === undefined ? {} : { signal };
  try {
    const kind = await client.kindOf(manifest.apiVersion, manifest.kind);
    const live = await client.get(kind, name, namespace, withSignal);
    if (live === undefined) return { drift: [{ object, path: '', wanted: 'present', found: 'absent' }] };
    const wanted = await client.apply(kind, manifest, { fieldManager, force: true, dryRun: true, ...withSignal });
    return { drift: diffFields(wanted, live).map((difference) => ({ object, ...difference })) };
  } catch (cause) {
    return { object, error: toFlotillaError(cause) };
  }
}
