import { writeKubeconfig } from '../../../kube';
import { coreKinds, type KubeObject } from '../../../kube/schema';
import { TcpPipe } from '../../../kube/testing/tcp-pipe';
import { type MemberCluster, memberClusterKind, type Mesh, meshKind, SYSTEM_NAMESPACE } from '../../api';
import { conditionOf, eventually, member, TestFleet } from '../testing/test-fleet';

jest.setTimeout(60_000);

/** More than any queue would run at once if it were bounded as a whole. */
const SLOW_ZONES = 8;

let fleet: TestFleet;
let pipe: TcpPipe;

beforeAll(async () => {
  fleet = await TestFleet.start();
  pipe = await TcpPipe.open(Number(new URL(fleet.connectionOf('a').server).port));
});

afterAll(async () => {
  await pipe.close();
  await fleet.stop();
});

async function join(name: string, kubeconfig: string): Promise<void> {
  const data = { kubeconfig: Buffer.from(kubeconfig).toString('base64') };
  const metadata = { name: `${name}-credentials`, namespace: SYSTEM_NAMESPACE };
  await fleet.client.create<KubeObject & { data: object }>(coreKinds.secret, {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata, data },
  });
  await fleet.client.create(memberClusterKind, member(name, name, 'Gateway') as MemberCluster);
}

function untilReachable(name: string): Promise<unknown> {
  return eventually(
    () => fleet.client.get<MemberCluster>(memberClusterKind, name),
    (seen) => conditionOf(seen, 'Reachable') === 'True',
  );
}

async function editMesh(localPercent: number): Promise<void> {
  await fleet.client.patch(meshKind, 'prod', undefined, { spec: { locality: { localPercent } } }, { type: 'merge' });
}

function untilMeshIn(zone: string, localPercent: number): Promise<unknown> {
  return eventually(
    () => fleet.clientOf(zone).get<Mesh>(meshKind, 'prod'),
    (mesh) => mesh?.spec?.locality.localPercent === localPercent,
  );
}

it('writes to a zone, and takes up a new one, while many others do not answer', async () => {
  const slow = Array.from({ length: SLOW_ZONES }, (_none, index) => `slow-${index}`);
  const throughPipe = { ...fleet.connectionOf('a'), server: `https://127.0.0.1:${pipe.port}` };
  for (const name of slow) await join(name, writeKubeconfig({ ...throughPipe, cluster: name }));
  for (const name of slow) await untilReachable(name);

  pipe.block();
  await editMesh(90);
  await untilMeshIn('b', 90);
  const later = slow.map((name) => `later-${name}`);
  for (const name of later) await join(name, writeKubeconfig({ ...throughPipe, cluster: name }));
  await join('new', writeKubeconfig(fleet.connectionOf('b')));
  await untilReachable('new');
  await editMesh(80);
  await untilMeshIn('b', 80);
  // The slow ones were still being waited for all the while: none had been given up to make room.
  for (const name of later) {
    const seen = await fleet.client.get<MemberCluster>(memberClusterKind, name);
    expect(seen?.status?.conditions?.find(({ type }) => type === 'Reachable')?.message ?? '').not.toMatch(/failed/);
  }
});
