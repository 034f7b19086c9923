import type { AccessPoint } from '../../accesspoint';
import type { MemberCluster, Mesh } from '../../federation/api';
import type { Finding } from '../../kernel';
import { namespacedName } from '../../kube/schema';
import { accessPointOf, canonicalName, nameIntentOf, targetFactsOf } from '../answer';
import type { NameService } from '../name-service';

/** The hub objects that NameServices are judged against. */
export interface NameLookups {
  /** Who owns which name. */
  readonly owned: ReadonlyMap<string, NameService>;
  readonly accessPoints: readonly AccessPoint[];
  readonly clusters: readonly MemberCluster[];
  readonly meshes: readonly Mesh[];
}

type Parts = Omit<Finding, 'object'>;

/** Everything that is wrong with a NameService, or worth knowing, all at once. Errors keep it from being accepted. */
export function nameFindings(service: NameService, lookups: NameLookups): readonly Finding[] {
  if (service.spec === undefined) return [];
  const parts = [
    ...referenceFindings(service, lookups),
    ...nameFormFindings(service),
    ...ownerFindings(service, lookups),
    ...targetFindings(service, lookups),
    ...portFindings(service, lookups),
  ];
  const { apiVersion, kind, metadata } = service;
  const { name, namespace } = metadata;
  const object = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
  return parts.map((part) => ({ ...part, object }));
}

function referenceFindings({ spec }: NameService, { meshes, clusters }: NameLookups): Parts[] {
  const mesh = spec?.mesh ?? '';
  if (!meshes.some(({ metadata }) => metadata.name === mesh)) {
    return [error('FLO7016', 'spec.mesh', `there is no mesh "${mesh}"`, 'name a mesh of the hub')];
  }
  const gateways = clusters.filter((cluster) => cluster.spec?.role === 'Gateway' && cluster.spec.meshes.includes(mesh));
  if (gateways.length > 0) return [];
  const message = `mesh "${mesh}" has no gateway cluster, so no zone could answer`;
  return [error('FLO7017', 'spec.mesh', message, 'add a MemberCluster with role Gateway')];
}

/** A label of digits alone at the end makes an address of it (RFC 1123 §2.1). */
const ADDRESS_LIKE = /\.\d+$/;

/** What has the shape of a name and can be none. */
function nameFormFindings({ spec }: NameService): Parts[] {
  const fqdn = canonicalName(spec?.fqdn ?? '');
  const findings: Parts[] = [];
  if (ADDRESS_LIKE.test(fqdn)) findings.push(address('spec.fqdn', fqdn));
  if (fqdn.endsWith('.cluster.local')) {
    const message = `${fqdn} lies below cluster.local, where every cluster has Services of its own`;
    findings.push(error('FLO7024', 'spec.fqdn', message, 'choose a name below a domain that is yours'));
  }
  (spec?.targets ?? []).forEach(({ fqdn: target = '' }, index) => {
    if (ADDRESS_LIKE.test(target)) findings.push(address(`spec.targets[${index}].fqdn`, target));
  });
  const numbers = (spec?.ports ?? []).map(({ number }) => number);
  numbers.forEach((number, index) => {
    if (numbers.indexOf(number) === index) return;
    const message = `port ${number} is given twice; a service has each port once`;
    findings.push(error('FLO7025', `spec.ports[${index}].number`, message, 'give every port number once'));
  });
  return findings;
}

function address(path: string, text: string): Parts {
  const message = `${text} is an address, not a name: DNS would tell it as a name that nobody can resolve`;
  return error('FLO7023', path, message, 'write a name; addresses come from AccessPoints');
}

function ownerFindings(service: NameService, { owned, accessPoints }: NameLookups): Parts[] {
  const fqdn = canonicalName(service.spec?.fqdn ?? '');
  const owner = owned.get(fqdn);
  const findings: Parts[] = [];
  if (owner !== undefined && namespacedName(owner) !== namespacedName(service)) {
    const hint = 'choose another name, or delete that one: this one takes over by itself then';
    findings.push(error('FLO7010', 'spec.fqdn', `${fqdn} belongs to NameService ${namespacedName(owner)}`, hint));
  }
  const host = accessPoints.find(
    ({ spec, metadata }) =>
      metadata.deletionTimestamp === undefined &&
      spec?.mesh === service.spec?.mesh &&
      spec?.hosts.some((candidate) => canonicalName(candidate) === fqdn),
  );
  if (host !== undefined) {
    const message = `${fqdn} is a host of AccessPoint ${namespacedName(host)} in the same mesh, which keeps it`;
    const hint = 'choose another global name and let the AccessPoint be its target';
    findings.push(error('FLO7013', 'spec.fqdn', message, hint));
  }
  return findings;
}

function targetFindings(service: NameService, lookups: NameLookups): Parts[] {
  const { accessPoints, clusters, owned } = lookups;
  const seen = new Set<string>();
  return (service.spec?.targets ?? []).flatMap((target, index): Parts[] => {
    const path = `spec.targets[${index}]`;
    const accessPoint = accessPointOf(service, target, accessPoints);
    const id = accessPoint === undefined ? canonicalName(target.fqdn ?? '') : namespacedName(accessPoint);
    if (id !== '' && seen.has(id)) return [duplicate(path, id)];
    seen.add(id);
    if (accessPoint === undefined) {
      if (target.fqdn === undefined) return [unresolved(path)];
      return leadsBack(service, target.fqdn, owned) ? [circle(path, id)] : [];
    }
    if (accessPoint.spec?.mesh !== service.spec?.mesh) return [otherMesh(path, id, accessPoint.spec?.mesh ?? '')];
    const zones = targetFactsOf([accessPoint], clusters)[id] ?? [];
    return zones.some(({ gateways, vips }) => gateways.length + vips.length > 0) ? [] : [unresolved(path)];
  });
}

/** Whether a name leads back to this one, over other NameServices too. */
function leadsBack(service: NameService, start: string, owned: NameLookups['owned']): boolean {
  const own = canonicalName(service.spec?.fqdn ?? '');
  const open = [canonicalName(start)];
  const seen = new Set<string>();
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === own) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...(owned.get(name)?.spec?.targets ?? []).flatMap(({ fqdn }) => (fqdn ? [canonicalName(fqdn)] : [])));
  }
  return false;
}

function portFindings(service: NameService, { accessPoints }: NameLookups): Parts[] {
  const intent = nameIntentOf(service, accessPoints);
  if (intent === undefined || intent.ports.length > 0) return [];
  const message = 'no port is known, so the name is answered by DNS only and is no service of the mesh';
  const hint = 'write spec.ports, or let an AccessPoint be one of the targets';
  return [{ code: 'FLO7018', severity: 'warning', path: 'spec.ports', message, hint }];
}

function error(code: string, path: string, message: string, hint: string): Parts {
  return { code, severity: 'error', path, message, hint };
}

function unresolved(path: string): Parts {
  return {
    code: 'FLO7011',
    severity: 'info',
    path,
    message: 'the target has no address yet: its AccessPoint is unknown, or no zone has reported an address of it',
    hint: 'compare with `kubectl get ap` and the facts in `kubectl get mc -o yaml`',
  };
}

function circle(path: string, id: string): Parts {
  return error('FLO7015', path, `${id} leads back to this very name`, 'a name cannot be its own target');
}

function duplicate(path: string, id: string): Parts {
  const message = `${id} is a target already; only the first one counts`;
  return { code: 'FLO7022', severity: 'warning', path, message, hint: 'give every target once, with its whole ratio' };
}

function otherMesh(path: string, id: string, mesh: string): Parts {
  const message = `AccessPoint ${id} belongs to mesh "${mesh}"; meshes share no identities`;
  return error('FLO7019', path, message, 'name the target by its fqdn elsewhere, or use an AccessPoint of this mesh');
}
