import { accessPointKind } from '../../../accesspoint';
import type { KubeObject, ResourceKind } from '../../../kube/schema';
import { REVIEWED_KINDS } from './review-hub-write';
import { labels } from '../../api';

/** admissionregistration.k8s.io ValidatingWebhookConfiguration. */
export const webhookConfigurationKind: ResourceKind = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  namespaced: false,
};

/** Path that reviews are posted to. */
export const REVIEW_PATH = '/validate';

/**
 * Tells an API server to ask this hub about access points and names. A hub that cannot be asked does not stand in the way: what it would have refused
 * is not accepted when it is reconciled, and changes nothing.
 */
export function webhookConfiguration(url: string, caPem: string): KubeObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: webhookConfigurationKind.kind,
    metadata: { name: 'flotilla-hub', labels: { [labels.managedBy]: 'flotilla' } },
    webhooks: [
      {
        name: 'hub.federation.flotilla.dev',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Ignore',
        matchPolicy: 'Equivalent',
        timeoutSeconds: 5,
        clientConfig: { url: `${url}${REVIEW_PATH}`, caBundle: Buffer.from(caPem).toString('base64') },
        rules: [
          {
            apiGroups: [accessPointKind.group],
            apiVersions: [accessPointKind.version],
            resources: REVIEWED_KINDS.map(({ plural }) => plural),
            operations: ['CREATE', 'UPDATE'],
            scope: 'Namespaced',
          },
        ],
      },
    ],
  };
}
