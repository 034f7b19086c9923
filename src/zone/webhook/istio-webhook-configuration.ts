import { labels } from '../../federation/api';
import { istioKinds } from '../../istio';
import type { KubeObject, ResourceKind } from '../../kube/schema';

/** admissionregistration.k8s.io ValidatingWebhookConfiguration. */
export const validatingWebhookKind: ResourceKind = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  namespaced: false,
};

/** Path that reviews are posted to; istiod's own. */
export const REVIEW_PATH = '/validate';

/**
 * Tells an API server to ask the zone about Istio objects. A zone that cannot be asked does not stand in the way: its pilot leaves out what it cannot
 * use, and keeps what it had.
 * @param mesh environments of one gateway cluster have a configuration each
 */
export function istioWebhookConfiguration(mesh: string, url: string, trustBundle: string): KubeObject {
  const groups = [...new Set(istioKinds.map(({ group }) => group))];
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: validatingWebhookKind.kind,
    metadata: { name: `flotilla-zone-${mesh}`, labels: { [labels.managedBy]: 'flotilla' } },
    webhooks: [
      {
        name: 'istio.zone.flotilla.dev',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Ignore',
        matchPolicy: 'Exact',
        timeoutSeconds: 5,
        clientConfig: { url: `${url}${REVIEW_PATH}`, caBundle: Buffer.from(trustBundle).toString('base64') },
        rules: groups.map((group) => ({
          apiGroups: [group],
          apiVersions: ['*'],
          resources: istioKinds.filter((kind) => kind.group === group).map(({ plural }) => plural),
          operations: ['CREATE', 'UPDATE'],
          scope: 'Namespaced',
        })),
      },
    ],
  };
}
