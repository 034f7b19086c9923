import type { Finding } from '../../kernel';
import { hasErrors } from '../acceptance';
import { judgeDeployment, renderDeployment } from '../deployment';
import type { FederatedDeployment, Manifest } from '../api';
import { revisionDigest } from '../revision';
import type { HubObjects } from './hub-objects';

/** What deployments become, and what is wrong with them. */
interface RenderedDeployments {
  readonly manifests: readonly Manifest[];
  readonly findings: readonly Finding[];
}

/** The Deployments of every FederatedDeployment, in the clusters where it goes. One that would not be accepted renders nothing. */
export function renderDeploymentsOffline(hub: HubObjects): RenderedDeployments {
  const results = hub.deployments.map((deployment) => renderOne(deployment, hub));
  return {
    manifests: results.flatMap(({ manifests }) => manifests),
    findings: results.flatMap(({ findings }) => findings),
  };
}

function renderOne(deployment: FederatedDeployment, hub: HubObjects): RenderedDeployments {
  const previous = new Set((deployment.status?.clusters ?? []).map(({ cluster }) => cluster));
  const { accepted: snapshot, findings } = judgeDeployment(deployment, hub, previous);
  if (snapshot === undefined || hasErrors(findings)) return { manifests: [], findings };
  const { name, namespace = 'default' } = deployment.metadata;
  const revision = revisionDigest(snapshot);
  const manifests = snapshot.clusters.flatMap(
    (cluster) => renderDeployment({ owner: { namespace, name }, snapshot, cluster, revision }).manifests,
  );
  return { manifests, findings };
}
