import { labels } from '../../federation/api';
import { Field } from '../../istio/findings';
import type { RenderedCluster } from './trap-findings';
import type { FindingParts } from './access-point-finding';
import { placeOfField } from './embedded-findings';

/** Services that templates or overrides keep from getting the address by which other zones reach this cluster. */
export function vipFindings({ accessPoint, cluster, manifests }: RenderedCluster): FindingParts[] {
  return manifests.flatMap((manifest) => {
    if (manifest.kind !== 'Service' || manifest.metadata.labels?.[labels.tier] !== 'app') return [];
    const type = new Field('', manifest).at('spec').at('type');
    if (type.text === 'LoadBalancer') return [];
    return [
      {
        code: 'FLO3035',
        severity: 'warning' as const,
        path: placeOfField({ accessPoint, cluster, manifest }, type.path) ?? 'spec',
        message: `Service ${manifest.metadata.name} in cluster ${cluster.name} is ${type.text ?? 'ClusterIP'} and gets no address, so other zones neither send there nor take over from there`,
        hint: 'leave its type LoadBalancer; what a load balancer needs beside it stands in annotations',
      },
    ];
  });
}
