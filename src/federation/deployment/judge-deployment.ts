import type { PlacedCluster } from '../../accesspoint';
import { type Finding, jsonEqual } from '../../kernel';
import {
  FEDERATION_API_VERSION,
  type FederatedDeployment,
  matchesSelector,
  type MemberCluster,
  type Mesh,
} from '../api';
import {
  candidatesFor,
  chooseClusters,
  deploymentRules,
  type FleetMember,
  fleetOf,
  gatewayOf,
  type PlacementSources,
} from '../placement';
import { type DeploymentSnapshot, deploymentSnapshot } from './deployment-snapshot';
import { renderDeployment } from './render-deployment';

/** The hub objects that decide about a deployment. */
export interface DeploymentLookups extends PlacementSources {
  readonly meshes: readonly Mesh[];
  readonly clusters: readonly MemberCluster[];
}

/** The judgement of one deployment. */
export interface DeploymentJudgement {
  /** Undefined when any finding is an error. */
  readonly accepted: DeploymentSnapshot | undefined;
  readonly findings: readonly Finding[];
}

type Parts = Pick<Finding, 'code' | 'path' | 'message' | 'hint'>;

/** Judges a deployment against the objects it refers to, and works out where it goes. */
export function judgeDeployment(
  deployment: FederatedDeployment,
  lookups: DeploymentLookups,
  previous: ReadonlySet<string>,
): DeploymentJudgement {
  const { spec } = deployment;
  const refuse = (parts: Parts): DeploymentJudgement => ({
    accepted: undefined,
    findings: [finding(deployment, parts)],
  });
  if (spec === undefined) return refuse({ code: 'FLO3018', path: 'spec', message: 'spec is missing' });
  const mesh = lookups.meshes.find(({ metadata }) => metadata.name === spec.mesh);
  if (mesh?.spec === undefined) {
    return refuse({
      code: 'FLO3001',
      path: 'spec.mesh',
      message: `there is no mesh "${spec.mesh}"`,
      hint: 'name a mesh of the hub',
    });
  }
  const resolved = deploymentRules(deployment, lookups);
  if (resolved.problem !== undefined) return refuse({ code: 'FLO3029', ...resolved.problem });
  const fleet = fleetOf(lookups.clusters, spec.mesh).filter(
    ({ zone }, _index, all) => gatewayOf(zone, all) !== undefined,
  );
  const { owner, rules } = resolved;
  const chosen = chooseClusters({ owner, rules, candidates: candidatesFor(rules, fleet), previous });
  if (chosen.length === 0) {
    const hint = 'see the labels, zones and taints of the MemberClusters; what runs already stays where it is';
    return refuse({
      code: 'FLO3028',
      path: 'spec.placement',
      message: 'no cluster of the fleet fits the placement',
      hint,
    });
  }
  return withOverrides(deployment, deploymentSnapshot(spec, mesh.spec, placedAt(chosen, deployment)));
}

function placedAt(members: readonly FleetMember[], { spec }: FederatedDeployment): PlacedCluster[] {
  return members.map(({ name, zone, role, labels }) => {
    const overrides = (spec?.overrides ?? []).flatMap(({ target }, index) => {
      const { clusters, zones, selector } = target;
      const matches = (clusters?.includes(name) ?? true) && (zones?.includes(zone) ?? true);
      return matches && (selector === undefined || matchesSelector(selector, labels)) ? [index] : [];
    });
    return { name, zone, role, holdsBackend: true, ...(overrides.length === 0 ? {} : { overrides }) };
  });
}

/** Overrides that reach no cluster, or do not apply, refuse the deployment. */
function withOverrides(deployment: FederatedDeployment, snapshot: DeploymentSnapshot): DeploymentJudgement {
  const used = new Set(snapshot.clusters.flatMap(({ overrides }) => overrides ?? []));
  const unused = snapshot.overrides.flatMap((_override, index) => {
    if (used.has(index)) return [];
    return [
      finding(deployment, {
        code: 'FLO3023',
        path: `spec.overrides[${index}].target`,
        message: 'no cluster of the placement matches',
      }),
    ];
  });
  const { namespace = 'default', name } = deployment.metadata;
  const owner = { namespace, name };
  const failures = snapshot.clusters.flatMap(
    (cluster) => renderDeployment({ owner, snapshot, cluster, revision: 'trial' }).failures,
  );
  const failed = failures.map(({ index, message }) =>
    finding(deployment, { code: 'FLO3024', path: `spec.overrides[${index}]`, message }),
  );
  const findings = distinct([...unused, ...failed]);
  return { accepted: findings.length === 0 ? snapshot : undefined, findings };
}

function distinct(findings: readonly Finding[]): Finding[] {
  return findings.filter((one, index) => findings.findIndex((other) => jsonEqual(one, other)) === index);
}

function finding({ metadata }: FederatedDeployment, parts: Parts): Finding {
  const { name, namespace = 'default' } = metadata;
  return {
    severity: 'error',
    ...parts,
    object: { apiVersion: FEDERATION_API_VERSION, kind: 'FederatedDeployment', namespace, name },
  };
}
