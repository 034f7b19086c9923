import { isList, isObject, type JsonObject, mapItems, mapValues } from '../json-shape';

const VOLUME_HEAD = 'name';
const CONTAINER_LISTS = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** Adds fields that are missing. */
export function fill(object: JsonObject, defaults: JsonObject): JsonObject {
  const missing = Object.entries(defaults).filter(([name]) => object[name] === undefined);
  return missing.length === 0 ? object : { ...object, ...Object.fromEntries(missing) };
}

/** Changes the part at a path, when it is there and is a map. */
export function changeAt(
  object: JsonObject,
  path: readonly string[],
  change: (part: JsonObject) => JsonObject,
): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) return change(object);
  const child = object[name];
  return isObject(child)
    ? mapValues(object, (value, key) => (key === name ? changeAt(child, rest, change) : value))
    : object;
}

/** A Pod's own defaults beside those that it shares with templates. */
export function completePod(pod: JsonObject): JsonObject {
  return changeAt(pod, ['spec'], (spec) => fill(requestLimits(completePodSpec(spec)), { enableServiceLinks: true }));
}

/** In a Pod, what a container is limited to and does not request is requested as much as it is limited. */
function requestLimits(spec: JsonObject): JsonObject {
  return mapValues(spec, (value, name) => {
    if (!isList(value) || !CONTAINER_LISTS.has(name)) return value;
    return mapItems(value, (one) => (isObject(one) ? changeAt(one, ['resources'], completeResources) : one));
  });
}

/** Defaults of a pod's spec that depend on its other fields. */
export function completePodSpec(spec: JsonObject): JsonObject {
  const hostNetwork = spec.hostNetwork === true;
  return mapValues(spec, (value, name) => {
    if (!isList(value)) return value;
    if (CONTAINER_LISTS.has(name))
      return mapItems(value, (one) => (isObject(one) ? completeContainer(one, hostNetwork) : one));
    return name === 'volumes' ? mapItems(value, (one) => (isObject(one) ? completeVolume(one) : one)) : value;
  });
}

/** A volume without a source is an empty folder. */
function completeVolume(volume: JsonObject): JsonObject {
  const named = Object.keys(volume).some((name) => name !== VOLUME_HEAD);
  return named ? volume : { ...volume, emptyDir: {} };
}

function completeContainer(container: JsonObject, hostNetwork: boolean): JsonObject {
  const policed = fill(container, { imagePullPolicy: pullPolicy(container.image) });
  return hostNetwork ? mapValues(policed, (value, name) => (name === 'ports' ? withHostPorts(value) : value)) : policed;
}

function withHostPorts(ports: unknown): unknown {
  if (!isList(ports)) return ports;
  return mapItems(ports, (port) => (isObject(port) ? fill(port, { hostPort: port.containerPort }) : port));
}

function completeResources(resources: JsonObject): JsonObject {
  const { limits, requests } = resources;
  if (!isObject(limits)) return resources;
  return { ...resources, requests: fill(isObject(requests) ? requests : {}, limits) };
}

/** An image without tag or digest, or with the tag latest, may change under its name. */
function pullPolicy(image: unknown): string {
  if (typeof image !== 'string' || image === '') return 'Always';
  // What is no reference has no tag that could be latest.
  if (/\s/.test(image)) return 'IfNotPresent';
  if (image.includes('@')) return 'IfNotPresent';
  const tag = /:([^:/]+)$/.exec(image)?.[1] ?? 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}
