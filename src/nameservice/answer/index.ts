export { answerQuery, answerTurns, type Answer, type AnswerRecord, type AnswerType, type Query } from './answer-query';
export { answerShares, memberShares, targetShares } from './answer-shares';
export type { Turns } from './choose-members';
export { accessPointOf, type NameIntent, nameIntentOf, type TargetIntent } from './name-intent';
export { type AnswerMember, type AnswerName, buildNameTable, type NameTable } from './name-table';
export { canonicalName, ownedNames } from './owned-names';
export { answerNameOf, nameRecordOf, type RecordInput } from './record-of';
export { type NameSources, recordsOf, resolveNames } from './resolve-names';
export { type FleetGeography, geographyOf, type TargetFacts, targetFactsOf, type TargetZone } from './target-facts';
