import type { ObjectReference } from '../../kernel';
import type { AnyJson } from '../proto';

const CONFIG_PATH = /^\/apis\/([^/]+)\/([^/]+)\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/;

/**
 * The object that a resource was made from, as its Istio metadata says (`filterMetadata.istio.config`, the path that istioctl
 * reads too); for routes that of the first route.
 */
export function ownerOf(body: AnyJson): ObjectReference | undefined {
  return ownerOfMetadata(body) ?? ownerOfRoutes(body);
}

function ownerOfRoutes(body: unknown): ObjectReference | undefined {
  for (const host of listAt(body, 'virtualHosts')) {
    for (const route of listAt(host, 'routes')) {
      const owner = ownerOfMetadata(route);
      if (owner) return owner;
    }
  }
  return undefined;
}

function ownerOfMetadata(message: unknown): ObjectReference | undefined {
  const config = ['metadata', 'filterMetadata', 'istio', 'config'].reduce<unknown>(at, message);
  const match = typeof config === 'string' ? CONFIG_PATH.exec(config) : undefined;
  if (!match) return undefined;
  const [, group = '', version = '', namespace = '', segment = '', name = ''] = match;
  return { apiVersion: `${group}/${version}`, kind: kindOf(segment), namespace, name };
}

/** `virtual-service` → `VirtualService`. */
function kindOf(segment: string): string {
  return segment.replace(/(?:^|-)(.)/g, (_match, letter: string) => letter.toUpperCase());
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const list = at(value, key);
  return Array.isArray(list) ? list : [];
}
