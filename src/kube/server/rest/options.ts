import { badRequest } from '../api-error';
import type { ApiRequest } from '../http/api-exchange';
import type { FieldValidation, WriteOptions } from '../registry/write-request';

const FIELD_VALIDATIONS: readonly string[] = ['Ignore', 'Warn', 'Strict'];
const MAX_MANAGER_LENGTH = 128;

/** The options of a write from its query and headers. @throws ApiError 400 */
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

/** @throws ApiError 400 for anything but `All` */
export function dryRunOf(values: readonly string[]): boolean {
  const given = values.filter((value) => value !== '');
  if (given.some((value) => value !== 'All')) {
    throw badRequest(`invalid dryRun ${JSON.stringify(given)}: only "All" is supported`);
  }
  return given.length > 0;
}

function fieldManagerOf(given: string | null, userAgent: string | undefined): string {
  if (given !== null && given.length > MAX_MANAGER_LENGTH) {
    throw badRequest(`fieldManager may not be longer than ${MAX_MANAGER_LENGTH} bytes`);
  }
  if (given !== null && given !== '') return given;
  return (userAgent ?? 'unknown').split('/')[0]?.slice(0, MAX_MANAGER_LENGTH) ?? 'unknown';
}

function fieldValidationOf(given: string | null): FieldValidation {
  if (given === null || given === '') return 'Warn';
  if (!FIELD_VALIDATIONS.includes(given)) throw badRequest(`invalid fieldValidation "${given}"`);
  return given as FieldValidation;
}
