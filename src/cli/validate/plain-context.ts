import { annotations, matchesSelector, type MemberCluster, memberClusterKind } from '../../federation/api';
import { Field, referenceTo } from '../../istio/findings';
import type { GatewayWorkload, LintContext } from '../../istio/lint';
import { apiVersionOfKind, type KubeObject, parseObject } from '../../kube/schema';

type Labels = Readonly<Record<string, string>>;

/** What is said of the objects beside themselves. */
export interface PlainSources {
  /** Objects that are not Flotilla's own, of any shape. */
  readonly plain: readonly KubeObject[];
  /** Flotilla's own, of the right shape. */
  readonly own: readonly KubeObject[];
  /** Who serves the proxies, where that was said. */
  readonly primary?: LintContext['primary'];
}

/**
 * What is known of Istio objects that were written, dumped or rendered, cluster by cluster as their annotation says ('' without): from the MemberCluster
 * of that name, and from Pods and Nodes beside them.
 */
export function plainContexts({ plain, own, primary }: PlainSources): (cluster: string) => LintContext {
  const members = own.flatMap(memberOf);
  return (cluster) => {
    const objects = plain.filter((object) => clusterOf(object) === cluster);
    const member = members.find(({ metadata }) => metadata.name === cluster);
    const said = primary ?? member?.status?.facts?.primary;
    const nodes = nodeLocalities(objects);
    return {
      ...(said === undefined ? {} : { primary: said }),
      remoteClusters: member?.spec?.role === 'Workload' ? [cluster] : [],
      gateways: gatewayPods(objects, nodes),
      zones: [...new Set([...memberZones(member), ...nodes.values()])].filter((zone) => zone !== '').sort(),
    };
  };
}

function memberOf(object: KubeObject): MemberCluster[] {
  if (object.kind !== memberClusterKind.kind || object.apiVersion !== apiVersionOfKind(memberClusterKind)) return [];
  const { value } = parseObject(memberClusterKind, object);
  return value === undefined ? [] : [value];
}

function memberZones(member: MemberCluster | undefined): readonly string[] {
  if (member?.spec === undefined) return [];
  return [`${member.spec.region}/${member.spec.zone}`, ...(member.status?.facts?.nodeLocalities ?? [])];
}

function clusterOf(object: KubeObject): string {
  return labelsAt(object, 'annotations')[annotations.cluster] ?? '';
}

/** Labels or annotations of an object of any shape. */
function labelsAt(object: KubeObject, field: 'annotations' | 'labels'): Labels {
  return new Field('', object).at('metadata').at(field).labels;
}

/** Node name → `region/zone` by its labels, empty when it has not both. */
function nodeLocalities(objects: readonly KubeObject[]): ReadonlyMap<string, string> {
  const nodes = objects.filter(({ kind, apiVersion }) => kind === 'Node' && apiVersion === 'v1');
  return new Map(
    nodes.map((node) => {
      const labels = labelsAt(node, 'labels');
      const [region = '', zone = ''] = ['region', 'zone'].map((part) => labels[`topology.kubernetes.io/${part}`]);
      return [referenceTo(node).name, region === '' || zone === '' ? '' : `${region}/${zone}`];
    }),
  );
}

/** Pods that some Gateway selects. Where one runs is known when its Node is there. */
function gatewayPods(objects: readonly KubeObject[], nodes: ReadonlyMap<string, string>): GatewayWorkload[] {
  const selectors = objects
    .filter(({ kind }) => kind === 'Gateway')
    .map((gateway) => new Field('', gateway).at('spec').at('selector').labels)
    .filter((selector) => Object.keys(selector).length > 0);
  const pods = objects.filter(({ kind, apiVersion }) => kind === 'Pod' && apiVersion === 'v1');
  return pods.flatMap((pod) => {
    const labels = labelsAt(pod, 'labels');
    if (!selectors.some((matchLabels) => matchesSelector({ matchLabels }, labels))) return [];
    const locality = nodes.get(new Field('', pod).at('spec').at('nodeName').text ?? '');
    const { name, namespace = 'default' } = referenceTo(pod);
    return [{ name, namespace, labels, ...(locality === undefined ? {} : { locality }) }];
  });
}
