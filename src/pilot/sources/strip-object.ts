import type { Pod, Secret } from '../../istio';
import type { KubeObject } from '../../kube/schema';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const CERTIFICATE_KEYS = new Set(['tls.crt', 'tls.key', 'ca.crt', 'ca.crl', 'cert', 'key', 'cacert']);

/** Drops what kubectl leaves behind; Istio objects are kept otherwise as they are. */
export function stripAnnotations(object: KubeObject): KubeObject {
  const { annotations } = object.metadata;
  if (!annotations || !(LAST_APPLIED in annotations)) return object;
  const { [LAST_APPLIED]: _dropped, ...kept } = annotations;
  return { ...object, metadata: { ...object.metadata, annotations: kept } };
}

/** A Pod is some 10 kB; discovery reads a tenth of it. */
export function stripPod(object: KubeObject): KubeObject {
  const { spec, status, ...rest } = stripAnnotations(object) as Pod;
  const { nodeName, hostname, subdomain, serviceAccountName, hostNetwork, containers = [] } = spec ?? {};
  const { phase, podIP, podIPs, conditions } = status ?? {};
  return {
    ...rest,
    spec: {
      ...present({ nodeName, hostname, subdomain, serviceAccountName, hostNetwork }),
      containers: containers.map(({ ports }) => present({ ports })),
    },
    status: {
      ...present({ phase, podIP, podIPs }),
      ...(conditions ? { conditions: conditions.map(({ type, status: value }) => ({ type, status: value })) } : {}),
    },
  };
}

/** A Node's labels are all that matters: region and zone. */
export function stripNode({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  const { name, uid, resourceVersion, labels } = metadata;
  return { apiVersion, kind, metadata: { name, ...present({ uid, resourceVersion, labels }) } };
}

/** Of a Secret only what a gateway can serve is kept, so that nothing else of the namespace lies in memory. */
export function stripSecret(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata, type, data = {} } = stripAnnotations(object) as Secret;
  const kept = Object.entries(data).filter(([key]) => CERTIFICATE_KEYS.has(key));
  return { apiVersion, kind, metadata, ...present({ type }), data: Object.fromEntries(kept) };
}

function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
