import type { Manifest } from '../../federation/api';
import type { Finding } from '../../kernel';
import type { NameMember } from '../record';
import { primaryName } from './names';
import { identity, type NameRenderInput } from './render-context';

/** The kind that external-dns reads with its `crd` source. */
export const dnsEndpointKindName = { apiVersion: 'externaldns.k8s.io/v1alpha1', kind: 'DNSEndpoint' } as const;

/** One entry of DNSEndpoint `spec.endpoints`. */
interface DnsEndpoint {
  readonly dnsName: string;
  readonly recordType: 'A' | 'AAAA' | 'CNAME';
  readonly targets: readonly string[];
  readonly recordTTL: number;
  readonly setIdentifier?: string;
  readonly providerSpecific?: readonly { readonly name: string; readonly value: string }[];
}

/** The DNSEndpoint of a name, and what external DNS cannot do for it. */
export interface DnsEndpointRendering {
  readonly manifests: readonly Manifest[];
  readonly findings: readonly Omit<Finding, 'object'>[];
}

/** Amazon's names of regions; latency routing knows no others. */
const AWS_REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

/**
 * The records of a name for external-dns, the same in every zone, so that any of them can keep them. Ratio becomes weighted records,
 * Locality latency records by region where the regions are Amazon's; both are for providers with routing policies (Route 53). Elsewhere
 * all healthy addresses are told.
 */
export function renderDnsEndpoint(input: NameRenderInput): DnsEndpointRendering {
  const { record, owner } = input;
  if (record.provider !== 'externaldns' || record.withdrawn === true) return { manifests: [], findings: [] };
  const told = toldMembers(input);
  const addressed = told.filter(({ addresses }) => addresses.length > 0);
  // A CNAME stands alone at its name (RFC 1034 §3.6.2).
  const usable = addressed.length > 0 ? addressed : told.slice(0, record.policy === 'Ratio' ? told.length : 1);
  if (usable.length === 0) return { manifests: [], findings: [] };
  const byPolicy = endpointsOf(input, usable);
  const spec = { endpoints: byPolicy.endpoints };
  const manifest = { ...identity(input, { ...dnsEndpointKindName, name: primaryName(owner.name) }), spec };
  const dropped = told.length - usable.length;
  return { manifests: [manifest], findings: [...byPolicy.findings, ...(dropped > 0 ? [notTold(dropped)] : [])] };
}

/** Members that external DNS may tell: the healthy and undrained, or all when that would leave none. */
function toldMembers({ record, unhealthy }: NameRenderInput): readonly NameMember[] {
  const staying = record.members.filter(
    ({ leavesAt, addresses, alias }) => leavesAt === undefined && (addresses.length > 0 || alias !== undefined),
  );
  const healthy = staying.filter(({ id }) => !unhealthy.has(id));
  const undrained = healthy.filter(({ drainedUntil }) => drainedUntil === undefined);
  return [undrained, healthy, staying].find((list) => list.length > 0) ?? [];
}

function endpointsOf(
  { record }: NameRenderInput,
  members: readonly NameMember[],
): { readonly endpoints: readonly DnsEndpoint[]; readonly findings: readonly Omit<Finding, 'object'>[] } {
  const base = { dnsName: record.fqdn, recordTTL: record.ttlSeconds };
  if (record.policy === 'Ratio') return { endpoints: weighted(base, members), findings: [] };
  const regions = new Set(members.map(({ zone }) => zone?.split('/')[0] ?? ''));
  const latency = record.policy === 'Locality' && [...regions].every((region) => AWS_REGION.test(region));
  if (latency)
    return { endpoints: [...regions].sort().flatMap((region) => inRegion(base, region, members)), findings: [] };
  const findings = record.policy === 'Locality' ? [noLocality()] : [];
  return { endpoints: recordsFor(base, members), findings };
}

type Base = Pick<DnsEndpoint, 'dnsName' | 'recordTTL'>;

function weighted(base: Base, members: readonly NameMember[]): DnsEndpoint[] {
  const targets = [...new Set(members.map(({ target }) => target))];
  return targets.flatMap((target) => {
    const own = members.filter((member) => member.target === target);
    // Route 53 takes 0 to 255.
    const scale = Math.max(1, Math.max(...members.map(({ ratio }) => ratio)) / 255);
    const weight = Math.round((own[0]?.ratio ?? 1) / scale);
    return recordsFor(base, own).map((endpoint) => ({
      ...endpoint,
      setIdentifier: target,
      providerSpecific: [{ name: 'aws/weight', value: String(weight) }],
    }));
  });
}

function inRegion(base: Base, region: string, members: readonly NameMember[]): DnsEndpoint[] {
  const own = members.filter(({ zone }) => zone?.startsWith(`${region}/`));
  return recordsFor(base, own).map((endpoint) => ({
    ...endpoint,
    setIdentifier: region,
    providerSpecific: [{ name: 'aws/region', value: region }],
  }));
}

/** One entry per record type. */
function recordsFor(base: Base, members: readonly NameMember[]): DnsEndpoint[] {
  const addresses = [...new Set(members.flatMap((member) => member.addresses))].sort();
  const of = (recordType: DnsEndpoint['recordType'], targets: readonly string[]): DnsEndpoint[] =>
    targets.length === 0 ? [] : [{ ...base, recordType, targets }];
  return [
    ...of(
      'A',
      addresses.filter((address) => !address.includes(':')),
    ),
    ...of(
      'AAAA',
      addresses.filter((address) => address.includes(':')),
    ),
    ...of('CNAME', addresses.length > 0 ? [] : members.flatMap(({ alias }) => alias ?? [])),
  ];
}

function notTold(count: number): Omit<Finding, 'object'> {
  const message = `${count} targets are names, which DNS cannot tell beside addresses: external DNS leaves them out`;
  return { code: 'FLO7030', severity: 'warning', path: 'spec.targets', message, hint: 'use provider builtin' };
}

function noLocality(): Omit<Finding, 'object'> {
  const message = 'external DNS cannot tell client zones apart here: every client is told all healthy addresses';
  const hint = 'use provider builtin; latency records need regions by their Amazon names';
  return { code: 'FLO7031', severity: 'info', path: 'spec.dnsPolicy', message, hint };
}
