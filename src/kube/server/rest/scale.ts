import { apiVersionOf, type KubeObject } from '../../schema';
import { badRequest } from '../api-error';
import { readPath, writePath } from '../resources/field-path';
import type { ScalePaths, ServedKind } from '../resources/served-kind';

/** autoscaling/v1 Scale of an object. Pure. */
export function toScale(paths: ScalePaths, object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector =
    paths.labelSelectorPath === undefined ? undefined : selectorText(readPath(object, paths.labelSelectorPath));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    },
    spec: { replicas: numberAt(object, paths.specReplicasPath) },
    status: { replicas: numberAt(object, paths.statusReplicasPath), ...(selector === undefined ? {} : { selector }) },
  };
}

/** The object with the replicas of a Scale. Pure. @throws ApiError 400 */
export function withScale(kind: ServedKind, paths: ScalePaths, object: KubeObject, scale: KubeObject): KubeObject {
  const replicas = (scale.spec as { replicas?: unknown } | undefined)?.replicas ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0) {
    throw badRequest(
      `Scale "${object.metadata.name}" is invalid: spec.replicas: Invalid value: ${JSON.stringify(replicas)}`,
    );
  }
  const { resourceVersion } = scale.metadata;
  const changed = writePath(object, paths.specReplicasPath, replicas);
  const pinned = resourceVersion === undefined ? {} : { resourceVersion };
  return { ...changed, apiVersion: apiVersionOf(kind), metadata: { ...changed.metadata, ...pinned } };
}

function numberAt(object: KubeObject, path: string): number {
  const value = readPath(object, path);
  return typeof value === 'number' ? value : 0;
}

/** A selector as text; workloads carry it as matchLabels and matchExpressions, custom kinds as text already. */
function selectorText(selector: unknown): string | undefined {
  if (typeof selector === 'string') return selector;
  if (typeof selector !== 'object' || selector === null) return undefined;
  const { matchLabels, matchExpressions } = selector as LabelSelector;
  const labels = matchLabels ?? (matchExpressions ? {} : (selector as Record<string, string>));
  const equal = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return [...equal, ...(matchExpressions ?? []).map(expressionText)].join(',');
}

interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly Expression[];
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

function expressionText({ key, operator, values = [] }: Expression): string {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
}
