import type { Faults, Field } from '../findings';
import { isDnsLabel } from './names';

/** Labels that select workloads: no wildcards, no empty keys; without any they select everything. */
export function* selectorFaults(selector: Field, labelsName: 'labels' | 'matchLabels'): Faults {
  if (!selector.given) return;
  const labels = selector.at(labelsName);
  for (const [key, value] of labels.entries) {
    if (key === '') yield { code: 'FLO8012', path: labels.path, message: 'the key of a label must not be empty' };
    if (key.includes('*') || value.text?.includes('*') === true)
      yield { code: 'FLO8012', path: value.path, message: 'a selector knows no wildcards' };
    if ((value.text?.length ?? 0) > 63)
      yield { code: 'FLO8012', path: value.path, message: 'the value of a label has at most 63 characters' };
  }
  if (labels.entries.length > 0) return;
  const message = 'a selector without labels selects every workload in reach';
  yield { code: 'FLO8013', path: selector.path, message };
}

/** Kinds that a policy may be attached to, by group. */
const TARGETS: readonly (readonly [group: string, kind: string])[] = [
  ['', 'Service'],
  ['core', 'Service'],
  ['networking.istio.io', 'ServiceEntry'],
  ['gateway.networking.k8s.io', 'Gateway'],
  ['gateway.networking.k8s.io', 'GatewayClass'],
];

/** What a policy applies to: at most one of selector, targetRef and targetRefs, and objects that can be targets. */
export function* policyTargetFaults(spec: Field): Faults {
  const ways = ['selector', 'targetRef', 'targetRefs'].filter((name) => spec.at(name).given);
  if (ways.length > 1) yield { code: 'FLO8006', path: spec.path, message: `${ways.join(' and ')} exclude one another` };
  yield* selectorFaults(spec.at('selector'), 'matchLabels');
  yield* targetFaults(spec.at('targetRef'));
  const targets = spec.at('targetRefs');
  if (targets.items.length > 16)
    yield { code: 'FLO8021', path: targets.path, message: 'a policy has at most 16 targets' };
  for (const target of targets.items) yield* targetFaults(target);
}

function* targetFaults(target: Field): Faults {
  if (!target.given) return;
  const [name, namespace, kind] = [target.at('name'), target.at('namespace'), target.at('kind')];
  if (name.text === '') yield { code: 'FLO8021', path: name.path, message: 'the name of a target must not be empty' };
  if ((namespace.text ?? '') !== '')
    yield { code: 'FLO8021', path: namespace.path, message: 'a target is always in the namespace of its policy' };
  if (kind.text === undefined) return;
  const group = target.at('group').text ?? '';
  if (TARGETS.some(([knownGroup, knownKind]) => knownGroup === group && knownKind === kind.text)) return;
  const message = `${kind.text}${group === '' ? '' : ` of group ${group}`} cannot be the target of a policy`;
  yield { code: 'FLO8021', path: kind.path, message };
}

/** What `exportTo` of a kind may say beside namespaces. */
export interface ExportRules {
  /** The object's own namespace, which `.` stands for. */
  readonly namespace: string;
  /** ServiceEntries may be hidden from everyone with `~`. */
  readonly mayHide?: boolean;
  /** DestinationRules with a workloadSelector stay in their namespace. */
  readonly staysHome?: boolean;
}

/** `exportTo`: namespaces, `.`, or `*` alone. */
export function* exportFaults(field: Field, { namespace, mayHide, staysHome }: ExportRules): Faults {
  const targets = field.texts.map(({ text, field: place }) => ({ place, key: text === '.' ? namespace : text }));
  const keys = targets.map(({ key }) => key);
  for (const [index, { place, key }] of targets.entries()) {
    const { path } = place;
    const first = keys.indexOf(key);
    if (first < index)
      yield { code: 'FLO8011', path, message: `says the same as ${targets[first]?.place.path ?? field.path}` };
    else if (key === '~' && mayHide !== true)
      yield {
        code: 'FLO8011',
        path,
        message: '"~" is for ServiceEntries only: this object would be hidden from everyone',
      };
    else if (!['*', '~'].includes(key) && !isDnsLabel(key))
      yield { code: 'FLO8011', path, message: `"${key}" is neither a namespace nor one of ".", "*" and "~"` };
  }
  for (const alone of ['*', '~'].filter((key) => keys.includes(key) && keys.length > 1))
    yield { code: 'FLO8011', path: field.path, message: `"${alone}" stands alone, not beside others` };
  if (staysHome === true && keys.some((key) => key !== namespace))
    yield {
      code: 'FLO8011',
      path: field.path,
      message: 'a DestinationRule with a workloadSelector is for its own namespace only',
    };
}
