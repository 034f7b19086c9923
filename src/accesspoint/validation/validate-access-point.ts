import type { Finding } from '../../kernel';
import type { AccessPoint } from '../access-point';
import { accessPointFinding } from './access-point-finding';
import { istioRouteFindings } from './istio-route-findings';
import { portFindings } from './port-findings';
import { type Lookups, referenceFindings } from './reference-findings';
import { routeFindings } from './route-findings';
import { specFindings } from './spec-findings';
import { templateFindings } from './template-findings';

/**
 * Everything that is wrong with an access point by itself and against the hub objects it names; all findings at once. Expects a
 * spec of the right shape, as the API server or `parseObject` guarantees. Conflicts with others are `conflictFindings`.
 */
export function validateAccessPoint(accessPoint: AccessPoint, lookups: Lookups): Finding[] {
  const { spec } = accessPoint;
  if (spec === undefined)
    return [accessPointFinding(accessPoint, { code: 'FLO3018', path: 'spec', message: 'spec is missing' })];
  const parts = [
    ...specFindings(spec),
    ...portFindings(spec.ports),
    ...routeFindings(spec),
    ...istioRouteFindings(accessPoint, spec),
    ...templateFindings(accessPoint, spec),
    ...referenceFindings(spec, lookups),
  ];
  return parts.map((part) => accessPointFinding(accessPoint, part));
}
