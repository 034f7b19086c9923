import { lint, type LintContext } from '../../istio/lint';
import { isIstioObject, validateIstioObject } from '../../istio/validation';
import { referenceTo } from '../../istio/findings';
import type { Finding } from '../../kernel';
import type { KubeObject } from '../../kube/schema';
import { hubFindings } from './hub-findings';
import { plainContexts } from './plain-context';
import { isOwnKind, schemaFindings } from './schema-findings';
import { placed, type SourceObject } from './source-object';

/** Annotation of rendered manifests: two clusters may well have an object of the same name. */
const CLUSTER_ANNOTATION = 'federation.flotilla.dev/cluster';

/**
 * All findings of a set of objects, each with its place, in the order of the files.
 * @param nowMs decides which drains are on, in milliseconds since the epoch
 * @param primary who serves the proxies that Istio objects are for; where it is left out, their MemberClusters may tell
 */
export function validateSources(
  sources: readonly SourceObject[],
  nowMs: number,
  primary?: LintContext['primary'],
): Finding[] {
  const alone = sources.map((source) => ({ source, findings: findingsOf(source.object) }));
  const sound = alone.filter(({ source, findings }) => isOwnKind(source.object) && findings.length === 0);
  const broken = alone.filter(({ source, findings }) => isOwnKind(source.object) && findings.length > 0);
  const complete = new Set(sound.map(({ source }) => String(source.object.kind)));
  for (const { source } of broken) complete.delete(String(source.object.kind));
  const own = distinctObjects(sound.map(({ source }) => source));
  const hub = hubFindings(own, complete, nowMs);
  const plain = distinctObjects(sources.filter(({ object }) => !isOwnKind(object)));
  const all = [
    ...lint(plain, plainContexts({ plain, own, ...(primary === undefined ? {} : { primary }) })).map((finding) =>
      placedBy(finding, sources),
    ),
    ...alone.flatMap(({ source, findings }) => findings.map((finding) => placed(finding, source))),
    ...hub.map((finding) => placedBy(finding, sources)),
    ...duplicateFindings(sources),
  ];
  return inOrder(all, sources);
}

function findingsOf(object: Readonly<Record<string, unknown>>): Finding[] {
  if (isIstioObject(object)) return validateIstioObject(object);
  const findings = schemaFindings(object);
  if (findings !== undefined) return findings;
  const message = `objects of kind ${String(object.kind)} (${String(object.apiVersion)}) are not known here and were not checked`;
  return [{ code: 'FLO8807', severity: 'info', path: 'kind', message }];
}

/** The first of several objects of one name; the others are findings of their own. */
function distinctObjects(sources: readonly SourceObject[]): KubeObject[] {
  const byKey = new Map<string, KubeObject>();
  // Hub objects come here when their schemas were checked; the linter trusts no shape.
  for (const { object } of sources) if (!byKey.has(keyOf(object))) byKey.set(keyOf(object), object as KubeObject);
  return [...byKey.values()];
}

function duplicateFindings(sources: readonly SourceObject[]): Finding[] {
  const seen = new Map<string, SourceObject>();
  return sources.flatMap((source) => {
    const first = seen.get(keyOf(source.object));
    if (first === undefined) {
      seen.set(keyOf(source.object), source);
      return [];
    }
    const message = `the object is given twice; first in ${first.file}:${first.position().line}`;
    return [
      placed(
        { code: 'FLO3018', severity: 'error', path: 'metadata.name', message, hint: 'keep one of the two' },
        source,
      ),
    ];
  });
}

function keyOf(object: Readonly<Record<string, unknown>>): string {
  const { apiVersion, kind, namespace = 'default', name } = referenceTo(object);
  const annotations = (object.metadata as { readonly annotations?: Readonly<Record<string, unknown>> | null })
    .annotations;
  return JSON.stringify([apiVersion.split('/')[0], kind, namespace, name, annotations?.[CLUSTER_ANNOTATION] ?? '']);
}

/** Finds the source of the object that a finding is about. */
function placedBy(finding: Finding, sources: readonly SourceObject[]): Finding {
  const source = sources.find(({ object }) => {
    const { kind, namespace = 'default', name } = referenceTo(object);
    const about = finding.object;
    return kind === about?.kind && name === about.name && namespace === (about.namespace ?? 'default');
  });
  return source === undefined ? finding : placed(finding, source);
}

function inOrder(findings: readonly Finding[], sources: readonly SourceObject[]): Finding[] {
  const files = [...new Set(sources.map(({ file }) => file))];
  const rank = ({ file = '', line = 0, column = 0 }: Finding): number[] => [files.indexOf(file), line, column];
  return [...findings].sort((left, right) => compare(rank(left), rank(right)));
}

function compare(left: readonly number[], right: readonly number[]): number {
  const at = left.findIndex((value, index) => value !== right[index]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}
