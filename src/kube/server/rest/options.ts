import type { ApiError } from '../api-error';
import { invalidObject } from '../registry/check-fields';
import { type FieldError, notSupported, tooLong } from '../schema';
import type { ApiRequest } from '../http/api-exchange';
import type { FieldValidation, WriteOptions } from '../registry/write-request';

const FIELD_VALIDATIONS: readonly string[] = ['Ignore', 'Warn', 'Strict'];
const MAX_MANAGER_LENGTH = 128;

/** The options of a write from its query and headers. @throws ApiError 422 */
export function writeOptionsOf({ info, headers, user }: ApiRequest, warn: (message: string) => void): WriteOptions {
  const { query } = info;
  return {
    user,
    dryRun: dryRunOf(query.getAll('dryRun')),
    fieldManager: fieldManagerOf(query.get('fieldManager'), headers['user-agent']),
    fieldValidation: fieldValidationOf(query.get('fieldValidation')),
    warn,
  };
}

/** @throws ApiError 422 for anything but `All` */
export function dryRunOf(values: readonly string[]): boolean {
  const given = values.filter((value) => value !== '');
  if (given.some((value) => value !== 'All')) {
    throw invalidOption(notSupported('dryRun', given[0], ['All']));
  }
  return given.length > 0;
}

function fieldManagerOf(given: string | null, userAgent: string | undefined): string {
  if (given !== null && given.length > MAX_MANAGER_LENGTH) {
    throw invalidOption(tooLong('fieldManager', MAX_MANAGER_LENGTH));
  }
  if (given !== null && given !== '') return given;
  return (userAgent ?? 'unknown').split('/')[0]?.slice(0, MAX_MANAGER_LENGTH) ?? 'unknown';
}

function fieldValidationOf(given: string | null): FieldValidation {
  if (given === null || given === '') return 'Warn';
  if (!FIELD_VALIDATIONS.includes(given))
    throw invalidOption(notSupported('fieldValidation', given, FIELD_VALIDATIONS));
  return given as FieldValidation;
}

function invalidOption(error: FieldError): ApiError {
  return invalidObject({ group: 'meta.k8s.io', kind: 'WriteOptions' }, '', [error]);
}
