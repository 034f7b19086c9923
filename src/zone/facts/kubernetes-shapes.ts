import type { KubeObject } from '../../kube/schema';

/** The fields of a v1 Service that the agent reads. */
export type Service = KubeObject<
  {
    readonly type?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly externalIPs?: readonly string[];
  },
  { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] } }
>;

/** The fields of a v1 Pod that the agent reads. */
export type Pod = KubeObject<
  { readonly nodeName?: string },
  {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  }
>;

/** A v1 Node; only its labels count here. */
export type Node = KubeObject;

/** The fields of a v1 Secret that the agent reads; values in base64. */
export interface Secret extends KubeObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** Fields of networking.istio.io Gateway. */
export type Gateway = KubeObject<{
  readonly selector?: Readonly<Record<string, string>>;
  readonly servers?: readonly {
    readonly hosts?: readonly string[];
    readonly tls?: { readonly mode?: string; readonly credentialName?: string };
  }[];
}>;

/** Fields of networking.istio.io WorkloadEntry. */
export type WorkloadEntry = KubeObject<{
  readonly address?: string;
  readonly ports?: Readonly<Record<string, number>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly locality?: string;
}>;

/** Fields of networking.istio.io ServiceEntry. */
export type ServiceEntry = KubeObject<{
  readonly ports?: readonly { readonly number: number; readonly name?: string; readonly targetPort?: number }[];
  readonly workloadSelector?: { readonly labels?: Readonly<Record<string, string>> };
}>;

/** Fields of networking.istio.io DestinationRule. */
export type DestinationRule = KubeObject<{
  readonly trafficPolicy?: {
    readonly loadBalancer?: {
      readonly localityLbSetting?: {
        readonly distribute?: readonly { readonly from?: string; readonly to?: Readonly<Record<string, number>> }[];
      };
    };
  };
}>;

/** The objects of one kind. The kinds are told apart by name: within a bundle `Service` is always the core one. */
export function ofKind<Kind extends KubeObject>(objects: readonly KubeObject[], kind: string): readonly Kind[] {
  return objects.filter((object) => object.kind === kind) as Kind[];
}

/** Whether labels carry every pair of a selector. An empty selector matches all, as in Istio's Gateway.selector. */
export function matchesLabels(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => labels?.[key] === value);
}
