export { assertNever } from './assert-never';
export { canonicalJson, digestOf, jsonEqual, type JsonValue } from './canonical-json';
export { type Clock, type Stop, formatTime, pause, systemClock } from './clock';
export type { Finding, ObjectReference, Severity } from './finding';
export { FlotillaError, type FlotillaErrorOptions, type Retry, toFlotillaError } from './flotilla-error';
export { kubernetesName } from './kubernetes-name';
export { type Locality, type ZoneName, formatLocality, parseLocality, parseZoneName, zoneOf } from './locality';
export { LOGGER, type LogFields, type Logger, silentLogger } from './logger';
export { ManualClock } from './manual-clock';
