import { Writer } from 'protobufjs/minimal';

/** What a state-of-the-world answer says beside its resources. */
export interface DiscoveryResponseHeader {
  readonly typeUrl: string;
  readonly version: string;
  readonly nonce: string;
  /** `control_plane.identifier`. */
  readonly controlPlane: string;
}

/** A resource as the delta protocol sends it. */
export interface DeltaResource {
  readonly name: string;
  readonly version: string;
  /** Bytes of the google.protobuf.Any. */
  readonly bytes: Uint8Array;
}

function controlPlane(identifier: string): Uint8Array {
  return Writer.create().uint32(10).string(identifier).finish();
}

/**
 * The bytes of an envoy.service.discovery.v3.DiscoveryResponse in pieces, the resources' own bytes among them uncopied:
 * written one after another they are the message.
 */
export function frameDiscoveryResponse(
  header: DiscoveryResponseHeader,
  resources: readonly { readonly bytes: Uint8Array }[],
): Uint8Array[] {
  const pieces: Uint8Array[] = [Writer.create().uint32(10).string(header.version).finish()];
  for (const { bytes } of resources) pieces.push(Writer.create().uint32(18).uint32(bytes.length).finish(), bytes);
  const tail = Writer.create().uint32(34).string(header.typeUrl).uint32(42).string(header.nonce);
  pieces.push(tail.uint32(50).bytes(controlPlane(header.controlPlane)).finish());
  return pieces;
}

/** Likewise for envoy.service.discovery.v3.DeltaDiscoveryResponse. */
export function frameDeltaDiscoveryResponse(
  header: DiscoveryResponseHeader,
  resources: readonly DeltaResource[],
  removed: readonly string[],
): Uint8Array[] {
  const pieces: Uint8Array[] = [Writer.create().uint32(10).string(header.version).finish()];
  for (const resource of resources) pieces.push(...frameDeltaResource(resource));
  const tail = Writer.create().uint32(34).string(header.typeUrl).uint32(42).string(header.nonce);
  for (const name of removed) tail.uint32(50).string(name);
  pieces.push(tail.uint32(58).bytes(controlPlane(header.controlPlane)).finish());
  return pieces;
}

/** Resource {version = 1, resource = 2, name = 3} as field 2 of the response. */
function frameDeltaResource({ name, version, bytes }: DeltaResource): Uint8Array[] {
  const before = Writer.create().uint32(10).string(version).uint32(26).string(name);
  const head = before.uint32(18).uint32(bytes.length).finish();
  return [
    Writer.create()
      .uint32(18)
      .uint32(head.length + bytes.length)
      .finish(),
    head,
    bytes,
  ];
}
