import type { KubeObject } from '../../schema';
import type { BuiltInStrategy } from './served-kind';
import { validateSecret } from './validation/validate-data';

/** Secrets: `stringData` becomes `data`, the type is Opaque by default and never changes. */
export const secretStrategy: BuiltInStrategy = {
  prepareForCreate: encodeStringData,
  prepareForUpdate: encodeStringData,
  validate: validateSecret,
};

function encodeStringData(secret: KubeObject): KubeObject {
  const { stringData, data, type, ...rest } = secret;
  const encoded = Object.entries((stringData ?? {}) as Record<string, string>).map(([key, value]) => [
    key,
    Buffer.from(value).toString('base64'),
  ]);
  const merged = { ...(data as object | undefined), ...(Object.fromEntries(encoded) as object) };
  const given = data === undefined && encoded.length === 0 ? {} : { data: merged };
  return { ...rest, ...given, type: type ?? 'Opaque' };
}
