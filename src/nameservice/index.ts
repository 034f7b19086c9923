export {
  type AnswerName,
  buildNameTable,
  type NameSources,
  type NameTable,
  resolveNames,
  type ResolvedNames,
} from './answer';
export { nameServiceKind, type NameService, type NameServiceSpec } from './name-service';
export { ClientZones, type ClientNetwork, DnsServer, type DnsServerCounts } from './server';
