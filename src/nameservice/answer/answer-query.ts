import { memberForTurn, type Turns, weighMembers, type WeightedMember, weightedTurns } from './choose-members';
import { type AnswerMember, type AnswerName, type NameTable, originOf } from './name-table';

/** Record types that can be answered; others exist for clients but hold no data here (NODATA). */
export type AnswerType = 'A' | 'AAAA' | 'CNAME' | 'SRV' | 'TXT' | 'SOA' | 'NS';

/** One resource record, its data in the shape that the packet library takes. */
export interface AnswerRecord {
  readonly name: string;
  readonly type: AnswerType;
  readonly ttl: number;
  readonly data: unknown;
}

/** One question as asked: the case of `name` is kept in the answer (RFC 1034 §3.1). */
export interface Query {
  readonly name: string;
  readonly type: string;
  readonly clientZone?: string;
  /** Counts the questions for this name from this zone; makes weighted answers exact instead of random. */
  readonly turn: number;
}

/** What to send back. An empty `answers` with NOERROR is NODATA; both negative answers carry the SOA (RFC 2308). */
export interface Answer {
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'REFUSED';
  readonly authoritative: boolean;
  readonly answers: readonly AnswerRecord[];
  readonly authorities: readonly AnswerRecord[];
  readonly additionals: readonly AnswerRecord[];
}

const NEGATIVE_TTL_SECONDS = 5;
const REFUSED: Answer = { rcode: 'REFUSED', authoritative: false, answers: [], authorities: [], additionals: [] };

/** Answers one question from the table. Pure: the same question and turn give the same answer. */
export function answerQuery(table: NameTable, query: Query): Answer {
  const wanted = query.name.toLowerCase().replace(/\.$/, '');
  const name = table.names.get(wanted);
  const origin = originOf(table, wanted);
  const asksApex = wanted === origin && APEX_TYPES.includes(query.type);
  if (name && !asksApex) return answerName(table, name, query, origin);
  if (origin === undefined) return REFUSED;
  if (wanted === origin) return answerApex(table, origin, query);
  const service = answerService(table, wanted, query, origin) ?? answerZoneName(table, wanted, query, origin);
  if (service) return service;
  return existsBelow(table, wanted) ? noData(table, origin) : negative(table, origin, 'NXDOMAIN');
}

/** What a zone's apex has beside what its name is answered with. */
const APEX_TYPES: readonly string[] = ['SOA', 'NS'];

function answerName(table: NameTable, name: AnswerName, query: Query, origin: string | undefined, depth = 0): Answer {
  const record = (type: AnswerType, data: unknown): AnswerRecord => ({
    name: query.name,
    type,
    ttl: name.ttlSeconds,
    data,
  });
  if (query.type === 'TXT') return positive([record('TXT', [`heritage=flotilla,owner=${name.owner}`])]);
  if (!TURNING.includes(query.type)) return noData(table, origin);
  const weighted = weighAble(name, query);
  const ordered = orderMembers(name, weighted, query.turn);
  const alias = ordered[0]?.alias;
  if (alias !== undefined) {
    const turn = Math.floor(query.turn / ownTurns(name, weighted).cycle);
    return positive([record('CNAME', alias), ...aliasAnswers(table, { ...query, name: alias, turn }, depth)]);
  }
  const addresses = ordered.flatMap((member) => member.addresses).filter((address) => hasType(address, query.type));
  if (addresses.length === 0) return noData(table, origin);
  return positive(addresses.map((address) => record(address.includes(':') ? 'AAAA' : 'A', address)));
}

/** Names that lead to names that lead to names: more is a circle. */
const ALIAS_LIMIT = 8;

/** What this server knows of an alias comes along: whoever asks would only ask here again (RFC 1034 §4.3.2, step 3a). */
function aliasAnswers(table: NameTable, query: Query, depth: number): readonly AnswerRecord[] {
  const next = table.names.get(query.name);
  if (next === undefined || depth === ALIAS_LIMIT || !['A', 'AAAA'].includes(query.type)) return [];
  return answerName(table, next, query, undefined, depth + 1).answers;
}

/** Types whose answers differ from turn to turn. */
const TURNING: readonly string[] = ['A', 'AAAA', 'CNAME', 'ANY'];

/** Of the members that have such a record at all, health decides; the other way round could leave none. */
function weighAble(
  name: AnswerName,
  { type, clientZone }: Pick<Query, 'type' | 'clientZone'>,
): readonly WeightedMember[] {
  const able = name.members.filter(
    ({ addresses, alias }) => alias !== undefined || addresses.some((address) => hasType(address, type)),
  );
  return weighMembers({ ...name, members: able }, clientZone);
}

/** How the answers to a question change from turn to turn: two turns with one place have one answer. */
export function answerTurns(table: NameTable, query: Omit<Query, 'turn'>, depth = 0): Turns {
  const name = table.names.get(query.name.toLowerCase().replace(/\.$/, ''));
  if (name === undefined || !TURNING.includes(query.type)) return { cycle: 1, placeOf: () => 0 };
  const weighted = weighAble(name, query);
  const own = ownTurns(name, weighted);
  const aliases = depth === ALIAS_LIMIT ? [] : weighted.flatMap(({ member }) => member.alias ?? []);
  const further = aliases.reduce(
    (product, alias) => product * answerTurns(table, { ...query, name: alias }, depth + 1).cycle,
    1,
  );
  return further === 1 ? own : { cycle: Math.min(own.cycle * further, CYCLE_LIMIT), placeOf: (turn) => turn };
}

/** Answers of one question that are told apart, at most: each may be remembered. */
const CYCLE_LIMIT = 65_536;

function ownTurns(name: AnswerName, weighted: readonly WeightedMember[]): Turns {
  if (name.policy !== 'RoundRobin') return weightedTurns(weighted);
  return { cycle: Math.max(1, weighted.length), placeOf: (turn) => turn };
}

/** RoundRobin answers all members, a new one first each turn; the weighted policies answer the one whose turn it is. */
function orderMembers(name: AnswerName, weighted: readonly WeightedMember[], turn: number): readonly AnswerMember[] {
  if (name.policy !== 'RoundRobin') {
    const chosen = memberForTurn(weighted, turn);
    return chosen ? [chosen] : [];
  }
  const members = weighted.map(({ member }) => member);
  const start = members.length === 0 ? 0 : turn % members.length;
  const rotated = [...members.slice(start), ...members.slice(0, start)];
  // A CNAME stands alone at its name (RFC 1034 §3.6.2), so an alias whose turn it is excludes the rest, and the other way round.
  return rotated[0]?.alias === undefined ? rotated.filter(({ alias }) => alias === undefined) : rotated.slice(0, 1);
}

function hasType(address: string, type: string): boolean {
  if (type === 'ANY') return true;
  return (type === 'AAAA') === address.includes(':') && type !== 'CNAME';
}

function answerApex(table: NameTable, origin: string, query: Query): Answer {
  if (query.type === 'SOA') return positive([soa(table, origin)]);
  if (query.type === 'NS') return positive([{ name: query.name, type: 'NS', ttl: 3600, data: `ns.${origin}` }]);
  return noData(table, origin);
}

/** `_http._tcp.<name>`: one SRV per member with addresses, pointing at the member's zone name (RFC 2782). */
function answerService(table: NameTable, wanted: string, query: Query, origin: string): Answer | undefined {
  const match = /^_([^.]+)\._(tcp|udp)\.(.+)$/.exec(wanted);
  const name = match ? table.names.get(match[3] ?? '') : undefined;
  const port = name?.ports.find((candidate) => candidate.name === match?.[1] && candidate.transport === match?.[2]);
  if (!name || !port) return undefined;
  if (query.type !== 'SRV' && query.type !== 'ANY') return noData(table, origin);
  const weighted = weighMembers(name, query.clientZone).filter(({ member }) => member.zone !== undefined);
  const records = weighted.map(({ member, weight }): AnswerRecord => ({
    name: query.name,
    type: 'SRV',
    ttl: name.ttlSeconds,
    data: {
      priority: 0,
      weight: Math.min(weight, 65535),
      port: port.number,
      target: zoneName(member.zone ?? '', name.fqdn),
    },
  }));
  return { ...positive(records), additionals: weighted.flatMap(({ member }) => zoneAddresses(name, member)) };
}

/** `<region>-<zone>.<name>` answers with that zone's own addresses, which is what SRV targets point to. */
function answerZoneName(table: NameTable, wanted: string, query: Query, origin: string): Answer | undefined {
  const dot = wanted.indexOf('.');
  const name = table.names.get(wanted.slice(dot + 1));
  if (!name) return undefined;
  const records = name.members
    .filter((member) => member.zone !== undefined && zoneName(member.zone, name.fqdn) === wanted)
    .flatMap((member) => zoneAddresses(name, member))
    .filter(({ data }) => hasType(String(data), query.type))
    .map((record) => ({ ...record, name: query.name }));
  if (records.length > 0) return positive(records);
  return name.members.some(({ zone }) => zone !== undefined && zoneName(zone, name.fqdn) === wanted)
    ? noData(table, origin)
    : undefined;
}

function zoneName(zone: string, fqdn: string): string {
  return `${zone.replace('/', '-').toLowerCase()}.${fqdn}`;
}

function zoneAddresses(name: AnswerName, member: AnswerMember): readonly AnswerRecord[] {
  return member.addresses.map((address) => ({
    name: zoneName(member.zone ?? '', name.fqdn),
    type: address.includes(':') ? 'AAAA' : 'A',
    ttl: name.ttlSeconds,
    data: address,
  }));
}

/** An empty non-terminal exists although it holds no records (RFC 8020). */
function existsBelow(table: NameTable, wanted: string): boolean {
  if (table.parents.has(wanted)) return true;
  return /^_(tcp|udp)\./.test(wanted) && table.names.has(wanted.slice(wanted.indexOf('.') + 1));
}

function positive(answers: readonly AnswerRecord[]): Answer {
  return { rcode: 'NOERROR', authoritative: true, answers, authorities: [], additionals: [] };
}

function noData(table: NameTable, origin: string | undefined): Answer {
  return origin === undefined ? { ...positive([]) } : negative(table, origin, 'NOERROR');
}

function negative(table: NameTable, origin: string, rcode: Answer['rcode']): Answer {
  return { rcode, authoritative: true, answers: [], authorities: [soa(table, origin)], additionals: [] };
}

function soa(table: NameTable, origin: string): AnswerRecord {
  const data = {
    mname: `ns.${origin}`,
    rname: `hostmaster.${origin}`,
    serial: table.serial,
    refresh: 3600,
    retry: 600,
    expire: 86400,
    minimum: NEGATIVE_TTL_SECONDS,
  };
  return { name: origin, type: 'SOA', ttl: NEGATIVE_TTL_SECONDS, data };
}
