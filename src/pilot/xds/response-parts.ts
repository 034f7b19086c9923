import { frameDeltaDiscoveryResponse, frameDiscoveryResponse, type DiscoveryResponseHeader } from '../proto';
import type { EncodedResource } from './resource-set';
import type { PlannedResponse } from './subscription';

/** gRPC clients refuse messages above 4 MiB by default; the rest is for the header of the answer. */
export const PROXYLESS_LIMIT_BYTES = 4 * 1024 * 1024 - 16 * 1024;

const RESOURCE_OVERHEAD_BYTES = 128;

/**
 * Cuts resources into groups that stay below a limit, in order. A resource that is larger by itself gets a group of its own.
 */
export function splitBySize(resources: readonly EncodedResource[], limitBytes: number): EncodedResource[][] {
  const parts: EncodedResource[][] = [];
  let sizeBytes = Number.POSITIVE_INFINITY;
  for (const resource of resources) {
    const addedBytes = resource.bytes.length + resource.name.length + RESOURCE_OVERHEAD_BYTES;
    if (sizeBytes + addedBytes > limitBytes) {
      parts.push([]);
      sizeBytes = 0;
    }
    parts.at(-1)?.push(resource);
    sizeBytes += addedBytes;
  }
  return parts;
}

/** The wire pieces of an answer; a whole set brings the slices that all its proxies share. */
export function framePlanned(
  protocol: 'sotw' | 'delta',
  header: DiscoveryResponseHeader,
  { whole, resources, removed }: Pick<PlannedResponse, 'whole' | 'resources' | 'removed'>,
): readonly Uint8Array[] {
  if (protocol === 'delta') return frameDeltaDiscoveryResponse(header, resources, removed);
  return whole ? [...whole.slices(), ...frameDiscoveryResponse(header, [])] : frameDiscoveryResponse(header, resources);
}
