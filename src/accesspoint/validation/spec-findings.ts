import { isLabelKey, isLabelValue } from '../../istio/validation';
import { isIpAddress } from '../ip-address';
import type { AccessPointSpec } from '../access-point';
import type { FindingParts } from './access-point-finding';

/** Label that the render puts on WorkloadEntries, so that a backend selector must not use it. */
const LOCATION_LABEL = 'location';

/** Checks of hosts, backend and exports that need nothing but the spec. */
export function specFindings(spec: AccessPointSpec): FindingParts[] {
  return [
    ...hostFindings(spec.hosts),
    ...backendFindings(spec.backend),
    ...exportFindings(spec.exportTo),
    ...placementFindings(spec.placement),
    ...outlierFindings(spec.runtime.outlierDetection),
    ...overrideFindings(spec.overrides ?? []),
    ...rolloutFindings(spec.rollout),
  ];
}

function hostFindings(hosts: readonly string[]): FindingParts[] {
  return hosts.flatMap((host, index) => {
    const path = `spec.hosts[${index}]`;
    if (isIpAddress(host)) {
      const hint = 'write the name that clients ask for';
      return [{ code: 'FLO3005', path, message: `host "${host}" is an address, not a name`, hint }];
    }
    const first = hosts.indexOf(host);
    if (first === index) return [];
    return [
      {
        code: 'FLO3006',
        path,
        message: `host "${host}" is already named by spec.hosts[${first}]`,
        hint: 'name it once',
      },
    ];
  });
}

function backendFindings({ selector }: AccessPointSpec['backend']): FindingParts[] {
  const at = { code: 'FLO3013', path: 'spec.backend.selector' };
  if (Object.keys(selector).length === 0) {
    return [{ ...at, message: 'an empty selector would select every pod', hint: 'name the labels of the pods' }];
  }
  const bad = Object.entries(selector).find(([key, value]) => !isLabelKey(key) || !isLabelValue(value));
  if (bad !== undefined) {
    const [key, value] = bad;
    const hint = 'use at most 63 letters, digits, hyphens, dots and underscores';
    return [{ ...at, path: `${at.path}.${key}`, message: `no pod can carry the label ${key}: ${value}`, hint }];
  }
  if (!(LOCATION_LABEL in selector)) return [];
  const message = `label "${LOCATION_LABEL}" tells remote members from local pods and cannot select the backend`;
  return [{ ...at, path: `${at.path}.${LOCATION_LABEL}`, message, hint: 'select the pods by another label' }];
}

function exportFindings(exportTo: readonly string[]): FindingParts[] {
  return exportTo.flatMap((target, index) => {
    if (target !== '~') return [];
    const message = '"~" hides the access point from its own gateway';
    return [{ code: 'FLO3012', path: `spec.exportTo[${index}]`, message, hint: 'leave it out' }];
  });
}

function placementFindings(placement: AccessPointSpec['placement']): FindingParts[] {
  const { zones, clusters, clusterSelector, policyRef, workloadRef } = placement;
  const ways = [zones, clusters, clusterSelector, policyRef, workloadRef].filter((way) => way !== undefined).length;
  if (ways === 1) return [];
  const message = ways === 0 ? 'placement names no target' : `placement names its targets in ${ways} ways`;
  const hint = 'give exactly one of zones, clusters, clusterSelector, policyRef and workloadRef';
  return [{ code: 'FLO3004', path: 'spec.placement', message, hint }];
}

function outlierFindings(detection: AccessPointSpec['runtime']['outlierDetection']): FindingParts[] {
  return (['interval', 'baseEjectionTime'] as const).flatMap((field) => {
    if (!/^0+(\.0+)?(ms|s|m|h)$/.test(detection[field])) return [];
    const path = `spec.runtime.outlierDetection.${field}`;
    return [{ code: 'FLO3015', path, message: `${field} must be longer than nothing`, hint: 'write for example 1s' }];
  });
}

function overrideFindings(overrides: NonNullable<AccessPointSpec['overrides']>): FindingParts[] {
  return overrides.flatMap(({ jsonPatch, mergePatch }, index) => {
    if ((jsonPatch === undefined) !== (mergePatch === undefined)) return [];
    const message = jsonPatch === undefined ? 'it changes nothing' : 'jsonPatch and mergePatch exclude one another';
    return [
      { code: 'FLO3032', path: `spec.overrides[${index}]`, message, hint: 'give either jsonPatch or mergePatch' },
    ];
  });
}

function rolloutFindings(rollout: AccessPointSpec['rollout']): FindingParts[] {
  if (rollout?.policyRef === undefined || rollout.inline === undefined) return [];
  const message = 'policyRef and inline exclude one another';
  return [{ code: 'FLO3032', path: 'spec.rollout', message, hint: 'keep the one that says how changes are released' }];
}
