/** One thing that a name can be answered with. */
export interface AnswerMember {
  /** Zone that the address is in; absent for names outside the fleet. */
  readonly zone?: string;
  /** IPv4 and IPv6 literals; empty when the member is a name elsewhere. */
  readonly addresses: readonly string[];
  /** A name elsewhere, answered as CNAME. */
  readonly alias?: string;
  readonly healthy: boolean;
  /** The target that it comes from; members of one target share its ratio. */
  readonly target: string;
  /** Share of the whole target under Ratio, relative to the sum over the name's targets. */
  readonly ratio: number;
}

/** Everything needed to answer for one global name. */
export interface AnswerName {
  /** Lower case, without the final dot. */
  readonly fqdn: string;
  readonly ttlSeconds: number;
  readonly policy: 'RoundRobin' | 'Locality' | 'Ratio';
  readonly members: readonly AnswerMember[];
  /** Ports by service name, for SRV: `_http._tcp`. */
  readonly ports: readonly { readonly name: string; readonly number: number; readonly transport: 'tcp' | 'udp' }[];
  /** Per cent of a client zone's answers that stay local under Locality. */
  readonly localPercent: number;
  /** Per client zone: the other zones, nearest first. Zones that are not listed come last, by name. */
  readonly nearest: Readonly<Record<string, readonly string[]>>;
  /** `namespace/name` of the NameService. */
  readonly owner: string;
}

/** All names that this server answers for, and the origins that it is the authority of. */
export interface NameTable {
  readonly names: ReadonlyMap<string, AnswerName>;
  /** Lower-case apexes, for SOA and NS; the longest that a question ends with is its origin. */
  readonly origins: ReadonlySet<string>;
  /** Names that hold no records but have names below them: they exist nevertheless (RFC 8020). */
  readonly parents: ReadonlySet<string>;
  /** Serial of the SOA: grows with every change. */
  readonly serial: number;
}

/** The part of a name after its first label: the default origin of a global name. */
export function parentDomain(fqdn: string): string {
  const dot = fqdn.indexOf('.');
  return dot < 0 ? fqdn : fqdn.slice(dot + 1);
}

/** Builds the table; origins default to the parents of the names. Of two names that are equal the first wins. */
export function buildNameTable(
  names: readonly AnswerName[],
  serial: number,
  origins: readonly string[] = [],
): NameTable {
  const table = new Map<string, AnswerName>();
  for (const name of names) if (!table.has(name.fqdn)) table.set(name.fqdn, name);
  const apexes = origins.length > 0 ? origins.map((origin) => origin.toLowerCase()) : defaultApexes(table);
  const parents = new Set([...table.keys()].flatMap((fqdn) => [...above(fqdn)]));
  return { names: table, origins: new Set(apexes), parents, serial };
}

/** The parents of the names, but for one that is itself an alias: a CNAME stands alone, and an apex has SOA and NS (RFC 1034 §3.6.2). */
function defaultApexes(table: ReadonlyMap<string, AnswerName>): readonly string[] {
  const isAlias = (fqdn: string): boolean => table.get(fqdn)?.members.some(({ alias }) => alias !== undefined) === true;
  return [...table.keys()].map(parentDomain).filter((apex) => !isAlias(apex));
}

/** The longest apex that a name is or lies below. */
export function originOf({ origins }: NameTable, name: string): string | undefined {
  if (origins.has(name)) return name;
  for (const parent of above(name)) if (origins.has(parent)) return parent;
  return undefined;
}

/** A name without its first label, without its first two, and so on. */
function* above(name: string): Generator<string> {
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) yield name.slice(dot + 1);
}
