import type { KubeObject } from '../../schema';
import { badRequest } from '../api-error';
import type { BuiltInStrategy } from './served-kind';
import { validateSecret } from './validation/validate-data';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Secrets: `stringData` becomes `data`, the type is Opaque by default and never changes. */
export const secretStrategy: BuiltInStrategy = {
  prepareForCreate: encodeStringData,
  prepareForUpdate: encodeStringData,
  validate: validateSecret,
};

function encodeStringData(secret: KubeObject): KubeObject {
  const { stringData, data, type, ...rest } = secret;
  checkBase64((data ?? {}) as Record<string, unknown>);
  const encoded = Object.entries((stringData ?? {}) as Record<string, string>).map(([key, value]) => [
    key,
    Buffer.from(value).toString('base64'),
  ]);
  const merged = { ...(data as object | undefined), ...(Object.fromEntries(encoded) as object) };
  const given = data === undefined && encoded.length === 0 ? {} : { data: merged };
  return { ...rest, ...given, type: type ?? 'Opaque' };
}

/** Bytes that do not decode are no Secret at all, which comes before validation. @throws ApiError 400 */
function checkBase64(data: Readonly<Record<string, unknown>>): void {
  for (const value of Object.values(data)) {
    if (typeof value === 'string' && BASE64.test(value.replace(/[\r\n]/g, ''))) continue;
    throw badRequest('Secret in version "v1" cannot be handled as a Secret: illegal base64 data');
  }
}
