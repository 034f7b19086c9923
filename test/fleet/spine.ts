import { rmSync } from 'node:fs';
import { accessPointKind, type AccessPoint } from '../../src/accesspoint';
import { partIds } from '../../src/demo';
import { bundleKind, memberClusterKind, meshKind, type MemberCluster } from '../../src/federation/api';
import { istioKinds } from '../../src/istio';
import { coreKinds, type KubeObject, type ResourceKind } from '../../src/kube/schema';
import { Kubectl } from '../tools/kubectl';
import { eventually, TestFleet, type TestFleetOptions } from './test-fleet';

const REQUESTS = 2_000;

/** What must hold of a whole fleet, whatever its API servers and clients are. */
export function describeSpine(
  name: string,
  optionsOf: () => Promise<TestFleetOptions>,
  cleanUp = async () => {},
): void {
  describe(name, () => {
    let fleet: TestFleet;

    beforeAll(async () => {
      fleet = await TestFleet.start(await optionsOf());
    }, 180_000);
    afterAll(async () => {
      await fleet?.stop();
      await cleanUp();
    }, 60_000);

    const hubWritten: readonly ResourceKind[] = [bundleKind, meshKind, memberClusterKind];
    const applied = istioKinds.filter(({ kind }) => kind !== 'WorkloadEntry');
    /** Probes of the zone itself write the health of WorkloadEntries (status only), whether there is a hub or not. */
    const probed = istioKinds.filter(({ kind }) => kind === 'WorkloadEntry');

    /** What the hub wrote into the zones (by generation: status is the zone's), and what the zones applied. */
    const writtenState = async (): Promise<ReadonlyMap<string, unknown>> => {
      const parts = fleet.zones.flatMap(({ gatewayCluster, workloadCluster }) => [
        fleet.versions(gatewayCluster, hubWritten, ({ generation }) => generation),
        fleet.versions(gatewayCluster, applied, ({ resourceVersion }) => resourceVersion),
        fleet.versions(gatewayCluster, probed, ({ generation }) => generation),
        fleet.versions(workloadCluster, [coreKinds.service], ({ resourceVersion }) => resourceVersion),
      ]);
      const maps = await Promise.all(parts);
      return new Map(maps.flatMap((map, index) => [...map].map(([key, value]) => [`${index} ${key}`, value])));
    };

    const podsOf = async (zone: TestFleet['zones'][number]): Promise<readonly KubeObject[]> =>
      (await fleet.client(zone.workloadCluster).list(coreKinds.pod, { namespace: fleet.demo.plan.appNamespace })).items;

    it('sends every request across a zone border at most once, and some across', async () => {
      for (const zone of fleet.zones) {
        for (const kind of fleet.kinds) {
          const result = await fleet.load(zone, kind, { requests: REQUESTS });
          expect(result).toMatchObject({ errors: 0, maxCrossings: 1 });
        }
      }
    }, 120_000);

    it('answers from the nearest zone when the local backends die, and loses nothing after their ejection', async () => {
      const [dead, nearest] = [fleet.zone('east/east-1'), fleet.zone('east/east-2')];
      for (const kind of fleet.kinds) {
        await fleet.untilServing();
        const during = fleet.load(dead, kind, { durationMs: 6_000 });
        await fleet.demo.supervisor.kill(partIds.workloads(dead));
        const { errors, lastErrorMs = 0, answers } = await during;
        // What was under way when the pods died is lost; outlier detection ejects within its interval of 1 s.
        expect({ kind, errors, isSettled: lastErrorMs < 4_000 }).toMatchObject({ isSettled: true });
        expect(answers[nearest.name]).toBeGreaterThan(0);
        for (const zone of [dead, nearest]) {
          const after = await fleet.load(zone, kind, { requests: REQUESTS });
          expect({ kind, ...after }).toMatchObject({ kind, errors: 0, answers: { [nearest.name]: REQUESTS } });
        }
        await fleet.demo.supervisor.restart(partIds.workloads(dead));
      }
      await fleet.untilServing(60_000);
    }, 240_000);

    it('moves to the next zone in order when the nearest one is gone as well', async () => {
      const [first, second, last] = fleet.zones;
      for (const zone of [first!, second!]) await fleet.demo.supervisor.kill(partIds.workloads(zone));
      for (const kind of fleet.kinds) {
        await eventually(
          () => fleet.load(first!, kind, { requests: 200 }),
          ({ errors, answers }) => errors === 0 && answers[last!.name] === 200,
        );
      }
      for (const zone of [first!, second!]) await fleet.demo.supervisor.restart(partIds.workloads(zone));
      await fleet.untilServing(60_000);
    }, 180_000);

    describe('without the hub', () => {
      let before: ReadonlyMap<string, unknown>;

      beforeAll(async () => {
        before = await writtenState();
        // Per zone at least a bundle per cluster, five Istio objects and two Services: an empty comparison proves nothing.
        expect(before.size).toBeGreaterThan(9 * fleet.zones.length);
        await fleet.demo.supervisor.kill(partIds.hub, 'SIGKILL');
      });

      it('brings changes of endpoints to the proxies', async () => {
        const zone = fleet.zone('west/west-1');
        const client = fleet.client(zone.workloadCluster);
        const pods = await podsOf(zone);
        for (const { metadata } of pods) await client.delete(coreKinds.pod, metadata.name, metadata.namespace);
        const remote = 'east/east-1';
        for (const kind of fleet.kinds) {
          await eventually(
            () => fleet.load(zone, kind, { requests: 200 }),
            ({ errors, answers }) => errors === 0 && answers[remote] === 200,
          );
        }
        for (const { apiVersion, kind, metadata, spec } of pods) {
          const { name, namespace = '', labels = {} } = metadata;
          await client.create(coreKinds.pod, { apiVersion, kind, metadata: { name, namespace, labels }, spec });
        }
        await fleet.untilServing(60_000);
      }, 120_000);

      it('lets a zone that is restarted serve from what it has, to clients that are new', async () => {
        const zone = fleet.zone('west/west-1');
        await fleet.demo.supervisor.kill(partIds.zone(zone), 'SIGKILL');
        await fleet.demo.supervisor.restart(partIds.zone(zone));
        await fleet.demo.supervisor.restart(partIds.client(zone));
        await fleet.untilServing(60_000);
      }, 120_000);

      it('rewrites and deletes nothing when it comes back', async () => {
        const restartedMs = Date.now();
        await fleet.demo.supervisor.restart(partIds.hub);
        await eventually(
          () => fleet.client('hub').list<MemberCluster>(memberClusterKind),
          ({ items }) => items.every((member) => isSyncedSince(member, restartedMs)),
          120_000,
        );
        expect(await writtenState()).toEqual(before);
        await fleet.untilServing();
      }, 180_000);
    });

    describe('given a bad access point by kubectl', () => {
      let kubectl: Kubectl;
      let good: AccessPoint;

      beforeAll(async () => {
        kubectl = new Kubectl(fleet.kubeconfig('hub'));
        const { app, appNamespace } = fleet.demo.plan;
        const found = await fleet.client('hub').get<AccessPoint>(accessPointKind, app, appNamespace);
        good = { ...found!, metadata: { name: app, namespace: appNamespace } };
      });
      afterAll(() => rmSync(kubectl.folder, { recursive: true, force: true }));

      const cases: readonly [string, (spec: Draft) => void, RegExp][] = [
        ['a typo in a field', (spec) => Object.assign(spec, { bakcend: spec.backend }), /unknown field.*spec\.bakcend/],
        ['an unknown mesh', (spec) => Object.assign(spec, { mesh: 'prdo' }), /spec\.mesh.*prdo/s],
        [
          'an unknown zone',
          (spec) => Object.assign(spec, { placement: { zones: ['east/east-9'] } }),
          /spec\.placement\.zones\[0\].*east\/east-9/s,
        ],
        [
          'a weight over 100',
          (spec) => Object.assign(spec, { runtime: { locality: { localPercent: 101 } } }),
          /spec\.runtime\.locality\.localPercent/,
        ],
        [
          'a port beyond all ports',
          (spec) => Object.assign(spec.ports[0]!, { number: 70_000 }),
          /spec\.ports\[0\]\.number/,
        ],
      ];

      const acceptedOf = async () => {
        const { app, appNamespace } = fleet.demo.plan;
        const found = await fleet.client('hub').get<AccessPoint>(accessPointKind, app, appNamespace);
        return found?.status?.conditions?.find(({ type }) => type === 'Accepted');
      };

      /**
       * An API server that is not Flotilla's own checks schema and rules, but cannot know which zones there are; there the hub
       * refuses by condition, and the last accepted revision stays.
       */
      const expectRefusedByHub = async (message: RegExp): Promise<void> => {
        expect(fleet.demo.clusters.servesHub).toBe(true);
        await eventually(acceptedOf, (accepted) => accepted?.status === 'False' && message.test(accepted.message));
      };

      it.each(cases)(
        'refuses %s, names the field, and changes nothing anywhere',
        async (_name, spoil, message) => {
          const before = await writtenState();
          const spec = structuredClone(good.spec) as Draft;
          spoil(spec);
          const hubBefore = await fleet.versions('hub', [accessPointKind], ({ generation }) => generation);
          const apply = (spoilt: unknown) =>
            kubectl.attempt(['apply', '-f', '-'], {
              input: JSON.stringify({ ...good, status: undefined, spec: spoilt }),
            });
          const { code, stderr } = await apply(spec);
          if (code === 0) {
            await expectRefusedByHub(message);
            expect(await writtenState()).toEqual(before);
            expect(await apply(good.spec)).toMatchObject({ code: 0 });
            await eventually(acceptedOf, (accepted) => accepted?.status === 'True');
          } else {
            expect(stderr).toMatch(message);
            expect(await fleet.versions('hub', [accessPointKind], ({ generation }) => generation)).toEqual(hubBefore);
          }
          expect(await writtenState()).toEqual(before);
        },
        60_000,
      );
    });
  });
}

/** A spec that is about to be spoilt. */
interface Draft {
  readonly backend: unknown;
  readonly ports: object[];
}

/** Whether the hub has judged the cluster since then, and found it in step. */
function isSyncedSince({ status }: MemberCluster, sinceMs: number): boolean {
  const synced = status?.conditions?.find(({ type }) => type === 'Synced');
  const times = [synced?.lastTransitionTime, status?.lastContact].map((time) => Date.parse(time ?? ''));
  return synced?.status === 'True' && times.some((time) => time >= sinceMs - 1_000);
}
