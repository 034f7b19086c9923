import { FEDERATION_API_VERSION, gatewayNamespaceOf } from '../../federation/api';
import type { Finding } from '../../kernel';
import { membersOf, type PendingMember } from './members';
import type { RenderContext } from './render-context';

/** What is true of the rendered objects and would surprise: members that are left out, weights that cannot work. */
export function renderFindings(context: RenderContext): Finding[] {
  if (context.cluster.role !== 'Gateway') return [];
  return [...pendingFindings(context), ...localityFindings(context)];
}

function pendingFindings(context: RenderContext): Finding[] {
  const remote = membersOf(context).pending.filter((member) => member.zone !== context.cluster.zone);
  return remote.map((member) =>
    member.reason === 'AddressUnknown' ? unknownAddress(context, member) : notAnIp(context, member),
  );
}

function unknownAddress(context: RenderContext, { cluster, zone }: PendingMember): Finding {
  return {
    code: 'FLO3050',
    severity: 'info',
    object: objectOf(context),
    path: 'status.clusters',
    message: `cluster ${context.cluster.name}: ${cluster} in ${zone} has no app-tier address yet, so it takes no traffic from here`,
    hint: 'it joins by itself as soon as its LoadBalancer Service has an address',
  };
}

function notAnIp(context: RenderContext, { cluster, zone, address }: PendingMember): Finding {
  return {
    code: 'FLO3051',
    severity: 'warning',
    object: objectOf(context),
    path: 'status.clusters',
    message: `cluster ${context.cluster.name}: the app-tier address of ${cluster} in ${zone} is "${address ?? ''}", not an IP address; Istio drops such endpoints, so it is left out`,
    hint: 'use a load balancer that gives its Service an IP address',
  };
}

function localityFindings(context: RenderContext): Finding[] {
  // A gateway cluster may run gateways of several meshes, each in a namespace of its own.
  const own = `${gatewayNamespaceOf(context.meshSpec)}/`;
  const lost = context.facts.gatewaysWithoutLocality?.[context.cluster.name] ?? [];
  const gateways = lost.filter((pod) => pod.startsWith(own));
  if (gateways.length === 0) return [];
  return [
    {
      code: 'FLO3052',
      severity: 'error',
      object: objectOf(context),
      path: 'spec.runtime.locality',
      message: `cluster ${context.cluster.name}: gateways ${gateways.join(', ')} run on nodes without locality labels, so their traffic is spread over all zones instead of staying local`,
      hint: 'label the nodes with topology.kubernetes.io/region and topology.kubernetes.io/zone',
    },
  ];
}

function objectOf({ accessPoint, namespace }: RenderContext): Required<NonNullable<Finding['object']>> {
  return { apiVersion: FEDERATION_API_VERSION, kind: 'AccessPoint', namespace, name: accessPoint.metadata.name };
}
