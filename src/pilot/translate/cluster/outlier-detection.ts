import type { OutlierDetection } from '../../../istio';
import type { Cluster } from '../../proto';
import { durationOf } from '../proto-duration';

/** When hosts are taken out. Ejection by success rate is off: Istio has no field for it. */
export function outlierFields(settings: OutlierDetection | undefined): Cluster['outlierDetection'] {
  if (!settings) return undefined;
  const { consecutive5xxErrors, consecutiveGatewayErrors, splitExternalLocalOriginErrors: split } = settings;
  return {
    ...enforced('consecutive5xx', 'enforcingConsecutive5xx', consecutive5xxErrors),
    interval: durationOf(settings.interval),
    baseEjectionTime: durationOf(settings.baseEjectionTime),
    maxEjectionPercent: settings.maxEjectionPercent || undefined,
    enforcingSuccessRate: 0,
    ...enforced('consecutiveGatewayFailure', 'enforcingConsecutiveGatewayFailure', consecutiveGatewayErrors),
    ...(split
      ? {
          splitExternalLocalOriginErrors: true,
          ...enforced(
            'consecutiveLocalOriginFailure',
            'enforcingConsecutiveLocalOriginFailure',
            settings.consecutiveLocalOriginFailures || undefined,
          ),
          enforcingLocalOriginSuccessRate: 0,
        }
      : {}),
  };
}

/** A threshold with its enforcement: 0 switches the kind of failure off. */
function enforced(threshold: string, enforcing: string, count: number | undefined): Readonly<Record<string, number>> {
  if (count === undefined) return {};
  return { [threshold]: count, [enforcing]: count > 0 ? 100 : 0 };
}
