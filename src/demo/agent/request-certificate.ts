import { credentials, makeClientConstructor, Metadata, type ServiceError } from '@grpc/grpc-js';
import {
  CREATE_CERTIFICATE_PATH,
  createKey,
  createSigningRequest,
  decodeCertificateResponse,
  encodeCertificateRequest,
  firstCertificate,
  notAfterMs,
  rootOf,
  TOKEN_AUDIENCE,
  withoutRoot,
} from '../../citadel';
import { type MemberCluster, memberClusterKind } from '../../federation/api';
import { FlotillaError } from '../../kernel';
import type { KubeClient } from '../../kube';
import { type FleetPlan, type FleetZone, wellKnownPorts } from '../plan/fleet-plan';
import { GATEWAY_SERVICE_ACCOUNT } from '../plan/zone-objects';
import type { WorkloadCertificate } from './workload-secrets';

const DEADLINE_MS = 5_000;
const TOKEN_SECONDS = 3_600;

/**
 * Gets the gateway's workload certificate the way that Istio's agent does: a key of its own, a token of the service account
 * from its cluster's API, and CreateCertificate on the TLS port of the zone's primary.
 * @throws FlotillaError FLO6014 when a step is refused or not possible yet
 */
export async function requestCertificate(
  client: KubeClient,
  plan: FleetPlan,
  zone: FleetZone,
): Promise<WorkloadCertificate> {
  const root = await trustedRoot(client, plan, zone);
  const token = await serviceAccountToken(client, plan);
  const keyPem = await createKey('EcdsaP256');
  const trustDomain = `${plan.mesh}.example.com`;
  const csr = await createSigningRequest({ keyPem, zone: zone.name, mesh: plan.mesh, trustDomain });
  const chain = (await createCertificate(zone, { csr, token, root })).join('\n');
  return {
    privateKey: keyPem,
    certificateChain: withoutRoot(chain),
    root: rootOf(chain),
    notAfterMs: notAfterMs(firstCertificate(chain)),
  };
}

/** What the primary's own certificate must chain to: the root at the end of the chain that the hub signed for this zone. */
async function trustedRoot(client: KubeClient, { mesh }: FleetPlan, zone: FleetZone): Promise<string> {
  const copy = await client.get<MemberCluster>(memberClusterKind, zone.gatewayCluster);
  const chain = copy?.spec?.certificateChains?.[mesh];
  if (chain === undefined) throw notYet(zone, `the hub has not signed the zone's intermediate for mesh ${mesh} yet`);
  return rootOf(chain);
}

async function serviceAccountToken(client: KubeClient, { gatewayNamespace }: FleetPlan): Promise<string> {
  const answer = await client.request({
    method: 'POST',
    path: `/api/v1/namespaces/${gatewayNamespace}/serviceaccounts/${GATEWAY_SERVICE_ACCOUNT}/token`,
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: [TOKEN_AUDIENCE], expirationSeconds: TOKEN_SECONDS },
    },
  });
  return (answer.body as { status?: { token?: string } }).status?.token ?? '';
}

function createCertificate(
  zone: FleetZone,
  { csr, token, root }: { readonly csr: string; readonly token: string; readonly root: string },
): Promise<readonly string[]> {
  const target = `${zone.addresses.primary}:${wellKnownPorts.tlsXds}`;
  const Client = makeClientConstructor({}, 'istio.v1.auth.IstioCertificateService');
  const client = new Client(target, credentials.createSsl(Buffer.from(root)));
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return new Promise((resolve, reject) => {
    const done = (failure: ServiceError | null, chain?: readonly string[]): void => {
      client.close();
      if (chain !== undefined) resolve(chain);
      else reject(notYet(zone, `${target} answered: ${failure?.details ?? 'nothing'}`));
    };
    client.makeUnaryRequest(
      CREATE_CERTIFICATE_PATH,
      (value: string) => Buffer.from(encodeCertificateRequest({ csr: value, validityDuration: 0 })),
      (bytes: Buffer) => decodeCertificateResponse(bytes).certChain,
      csr,
      metadata,
      { deadline: Date.now() + DEADLINE_MS },
      done,
    );
  });
}

function notYet(zone: FleetZone, why: string): FlotillaError {
  return new FlotillaError(`getting a certificate for the gateway of ${zone.name} failed: ${why}`, {
    code: 'FLO6014',
    hint: 'it is tried again by itself; if it stays so, read the log of the zone',
  });
}
