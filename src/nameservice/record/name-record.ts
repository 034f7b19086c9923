import { z } from 'zod';
import { annotations } from '../../federation/api';
import { canonicalJson } from '../../kernel';
import type { KubeObject } from '../../kube/schema';

const check = z.object({
  protocol: z.enum(['TCP', 'HTTP', 'HTTPS', 'GRPC']),
  address: z.string(),
  port: z.int(),
  path: z.string().optional(),
});

const member = z.object({
  /** `namespace/name@region/zone` or the fqdn; stays the same whatever else changes. */
  id: z.string(),
  target: z.string(),
  ratio: z.int(),
  zone: z.string().optional(),
  /** What DNS tells, IPv4 and IPv6 literals. */
  addresses: z.array(z.string()),
  /** A name elsewhere, told as CNAME. */
  alias: z.string().optional(),
  /** What the mesh connects to: IP literals, or the alias. */
  mesh: z.array(z.string()),
  /** The way in: it has to answer. */
  entrance: check.optional(),
  /** App tiers: one of them has to answer. */
  tiers: z.array(check),
  drainedUntil: z.string().optional(),
  /** Set when DNS no longer tells it; the mesh lets go of it then (RFC 3339). */
  leavesAt: z.string().optional(),
});

const record = z.object({
  owner: z.string(),
  fqdn: z.string(),
  provider: z.enum(['builtin', 'externaldns']),
  ttlSeconds: z.int(),
  policy: z.enum(['RoundRobin', 'Locality', 'Ratio']),
  localPercent: z.int(),
  nearest: z.record(z.string(), z.array(z.string())),
  networks: z.record(z.string(), z.array(z.string())),
  ports: z.array(z.object({ name: z.string(), number: z.int(), transport: z.enum(['tcp', 'udp']) })),
  schedule: z.object({
    intervalSeconds: z.int(),
    timeoutSeconds: z.int(),
    failureThreshold: z.int(),
    successThreshold: z.int(),
  }),
  members: z.array(member),
  /** Names that it had before, and until when the mesh keeps them. */
  former: z.array(z.object({ fqdn: z.string(), leavesAt: z.string() })),
  /** Set while the NameService is being deleted: DNS no longer knows the name. */
  withdrawn: z.boolean().optional(),
});

/** One check of one address. */
export type NameCheck = z.output<typeof check>;
/** One thing that a name can lead to: a target in one zone, or a name elsewhere. */
export type NameMember = z.output<typeof member>;
/** All that a zone needs to answer for a name, to check its members and to keep DNS and mesh at one. */
export type NameRecord = z.output<typeof record>;

const KEY = 'name.json';

/** Data of the ConfigMap that carries a record; the same record gives the same bytes. */
export function recordData(value: NameRecord): Record<string, string> {
  return { [KEY]: canonicalJson(value) };
}

/** The record in the manifests of a NameService's bundle; undefined for any other bundle, and for what cannot be read. */
export function nameRecordIn(manifests: readonly KubeObject[]): NameRecord | undefined {
  const manifest = manifests.find(
    (candidate) => candidate.kind === 'ConfigMap' && dataOf(candidate)?.[KEY] !== undefined,
  );
  if (manifest === undefined) return undefined;
  if (!parsed.has(manifest)) parsed.set(manifest, parseRecord(dataOf(manifest)?.[KEY] ?? ''));
  return parsed.get(manifest);
}

/** Bundles live in caches and are looked at often; an object that does not change is read once. */
const parsed = new WeakMap<KubeObject, NameRecord | undefined>();

function dataOf(
  manifest: KubeObject & { readonly data?: Readonly<Record<string, string>> },
): Readonly<Record<string, string>> | undefined {
  return manifest.data;
}

function parseRecord(text: string): NameRecord | undefined {
  try {
    return record.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // a hub of another version wrote it; what the zone answers meanwhile is the owner's decision
  }
}

/** The member that a WorkloadEntry stands for. */
export function memberOfEntry({ metadata }: KubeObject): string | undefined {
  return metadata.annotations?.[annotations.member];
}
