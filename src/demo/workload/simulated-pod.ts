import type { Condition, KubeObject } from '../../kube/schema';
import { STATIC_ADDRESS, WHOAMI_IMAGE } from '../plan/zone-objects';

/** core/v1 Pod, the fields that the demo's kubelet and controllers read. */
export type SimulatedPod = KubeObject<
  {
    readonly nodeName?: string;
    readonly containers: readonly {
      readonly name: string;
      readonly image?: string;
      readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
      readonly readinessProbe?: {
        readonly httpGet?: { readonly path?: string; readonly port: number };
        readonly periodSeconds?: number;
      };
    }[];
  },
  {
    readonly phase?: string;
    readonly podIP?: string;
    readonly conditions?: readonly Pick<Condition, 'type' | 'status'>[];
  }
>;

/** What the demo's kubelet does with a pod: run the application itself, watch over something that others run, or nothing. */
export type PodKind = 'whoami' | 'static' | 'foreign';

/** Decides by image and annotation. A pod without a node is nobody's. */
export function kindOfPod({ spec, metadata }: SimulatedPod): PodKind {
  if (spec?.nodeName === undefined) return 'foreign';
  if (metadata.annotations?.[STATIC_ADDRESS] !== undefined) return 'static';
  return spec.containers.some(({ image }) => image === WHOAMI_IMAGE) ? 'whoami' : 'foreign';
}

/** Ready, with an address, and not on its way out. */
export function isReadyPod({ metadata, status }: SimulatedPod): boolean {
  if (metadata.deletionTimestamp !== undefined || status?.podIP === undefined) return false;
  return status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
}

/** The number of a container port by name, as a Service's targetPort may give it. */
export function containerPort({ spec }: SimulatedPod, name: string): number | undefined {
  const ports = (spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return ports.find((port) => port.name === name)?.containerPort;
}

/** The status that a kubelet would report, or undefined when the pod says so already. */
export function statusPatch(
  { status, metadata, spec }: SimulatedPod,
  now: { readonly address: string; readonly ready: boolean; readonly time: string },
): object | undefined {
  const { address, ready, time } = now;
  const wanted = ready ? 'True' : 'False';
  const reported = status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  if (status?.podIP === address && reported === wanted && status.phase === 'Running') return undefined;
  const condition = (type: string, value: string): object => ({ type, status: value, lastTransitionTime: time });
  return {
    status: {
      phase: 'Running',
      podIP: address,
      podIPs: [{ ip: address }],
      hostIP: '127.0.0.1',
      startTime: metadata.creationTimestamp ?? time,
      conditions: [
        condition('PodScheduled', 'True'),
        condition('Initialized', 'True'),
        condition('ContainersReady', wanted),
        condition('Ready', wanted),
      ],
      containerStatuses: (spec?.containers ?? []).map(({ name, image = '' }) => ({
        ...{ name, image, imageID: image, ready, started: true, restartCount: 0 },
        state: { running: { startedAt: time } },
      })),
    },
  };
}
