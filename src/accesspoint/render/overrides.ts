import { applyPatch, type Operation } from 'fast-json-patch';
import type { Manifest } from '../../federation/api';
import { jsonEqual } from '../../kernel';
import type { Override } from '../schema/override';
import { mergePatch } from './merge-patch';
import { isMark } from './templates';
import type { RenderContext } from './render-context';

/** Why an override could not be applied. */
export interface OverrideFailure {
  /** Place in `spec.overrides`. */
  readonly index: number;
  readonly reason: 'PatchFailed' | 'IdentityChanged';
  readonly message: string;
}

/** Manifests with the overrides of this cluster applied, and those that could not be. */
export interface OverriddenManifests {
  readonly manifests: readonly Manifest[];
  readonly failures: readonly OverrideFailure[];
  /** Places in `spec.overrides` of those that found an object here. */
  readonly matched: readonly number[];
}

/** Applies the overrides that placement resolved for this cluster, in their order. One that fails leaves its objects as they were. */
export function applyOverrides({ spec, cluster }: RenderContext, rendered: readonly Manifest[]): OverriddenManifests {
  const failures: OverrideFailure[] = [];
  const matched: number[] = [];
  let manifests = [...rendered];
  for (const index of cluster.overrides ?? []) {
    const override = spec.overrides?.[index];
    if (override === undefined || !manifests.some((manifest) => isTarget(override, manifest))) continue;
    matched.push(index);
    manifests = manifests.map((manifest) => {
      if (!isTarget(override, manifest)) return manifest;
      const outcome = overrideManifest(override, manifest);
      if (!('reason' in outcome)) return outcome.manifest;
      failures.push({ index, ...outcome });
      return manifest;
    });
  }
  return { manifests, failures, matched };
}

function isTarget({ object }: Override, { kind, metadata }: Manifest): boolean {
  return object.kind === kind && (object.name === undefined || object.name === metadata.name);
}

/** One object with one override applied, or why it cannot be. */
export function overrideManifest(
  override: Pick<Override, 'jsonPatch' | 'mergePatch'>,
  manifest: Manifest,
): { readonly manifest: Manifest } | Omit<OverrideFailure, 'index'> {
  try {
    const result = patched(override, manifest);
    if (sameIdentity(result, manifest)) return { manifest: result };
    return {
      reason: 'IdentityChanged',
      message: `it would change what ${manifest.kind} ${manifest.metadata.name} is called or belongs to`,
    };
  } catch (cause) {
    // fast-json-patch puts the whole document into its messages; the first line says what is wrong.
    const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? cause.message) : String(cause);
    return {
      reason: 'PatchFailed',
      message: `it does not apply to ${manifest.kind} ${manifest.metadata.name}: ${why}`,
    };
  }
}

function patched(
  { jsonPatch, mergePatch: merge }: Pick<Override, 'jsonPatch' | 'mergePatch'>,
  manifest: Manifest,
): Manifest {
  if (merge !== undefined) return mergePatch(manifest, merge) as Manifest;
  return applyPatch(manifest, (jsonPatch ?? []) as Operation[], true, false).newDocument;
}

/** Kind, name and the marks by which Flotilla finds the object again are not for overrides. */
function sameIdentity(result: Manifest, manifest: Manifest): boolean {
  const identity = (object: Manifest): unknown => [
    object.apiVersion,
    object.kind,
    object.metadata.name,
    object.metadata.namespace,
  ];
  if (typeof result.metadata !== 'object' || !jsonEqual(identity(result), identity(manifest))) return false;
  const keeps = (
    before: Readonly<Record<string, string>> = {},
    after: Readonly<Record<string, string>> = {},
  ): boolean => Object.entries(before).every(([key, value]) => !isMark(key) || after[key] === value);
  return (
    keeps(manifest.metadata.labels, result.metadata.labels) &&
    keeps(manifest.metadata.annotations, result.metadata.annotations)
  );
}
