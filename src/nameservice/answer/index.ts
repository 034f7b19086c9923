export { type Answer, answerQuery, type AnswerRecord, type AnswerType, type Query } from './answer-query';
export { type WeightedMember } from './choose-members';
export { type NameSources, resolveNames, type ResolvedNames } from './resolve-names';
export { type AnswerMember, type AnswerName, buildNameTable, type NameTable } from './name-table';
