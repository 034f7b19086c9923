export {
  addressOf,
  type CheckState,
  judgeMembers,
  type MemberReason,
  type MemberVerdict,
  nextVerdictMs,
  sinceOf,
} from './judge-members';
export { type Leaving, leavingOf } from './leaving-members';
export {
  memberOfEntry,
  type NameCheck,
  type NameMember,
  type NameRecord,
  nameRecordIn,
  recordData,
} from './name-record';
