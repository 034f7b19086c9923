export {
  type AnswerName,
  answerNameOf,
  answerShares,
  buildNameTable,
  canonicalName,
  type FleetGeography,
  geographyOf,
  memberShares,
  type NameIntent,
  nameIntentOf,
  nameRecordOf,
  type NameTable,
  ownedNames,
  recordsOf,
  resolveNames,
  type TargetFacts,
  targetFactsOf,
  targetShares,
} from './answer';
export { nameServiceKind, type NameService, type NameServiceSpec, type NameServiceStatus } from './name-service';
export {
  addressOf,
  type CheckState,
  judgeMembers,
  type Leaving,
  leavingOf,
  memberOfEntry,
  type MemberVerdict,
  type NameCheck,
  type NameMember,
  type NameRecord,
  nameRecordIn,
  nextVerdictMs,
  sinceOf,
} from './record';
export { dnsEndpointKindName, type NameRendering, renderNameService, withdrawnManifests } from './render';
export { ClientZones, type ClientNetwork, DnsServer, type DnsServerCounts } from './server';
export { nameFindings, type NameLookups } from './validation';
