import type { KubeObject } from '../../schema';
import { type FieldError, forbidden, invalid } from '../schema';
import type { BuiltInStrategy } from './served-kind';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const DATA_KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/** Secrets: `stringData` becomes `data`, the type is Opaque by default and never changes. */
export const secretStrategy: BuiltInStrategy = {
  prepareForCreate: encodeStringData,
  prepareForUpdate: encodeStringData,
  validate: (secret, live) => [...dataErrors(secret), ...changeErrors(secret, live)],
};

function encodeStringData(secret: KubeObject): KubeObject {
  const { stringData, data, type, ...rest } = secret;
  const encoded = Object.entries((stringData ?? {}) as Record<string, string>).map(([key, value]) => [
    key,
    Buffer.from(value).toString('base64'),
  ]);
  const merged = { ...(data as object | undefined), ...(Object.fromEntries(encoded) as object) };
  return {
    ...rest,
    ...(data === undefined && encoded.length === 0 ? {} : { data: merged }),
    type: type ?? 'Opaque',
  };
}

function dataErrors({ data }: KubeObject): readonly FieldError[] {
  return Object.entries((data ?? {}) as Record<string, unknown>).flatMap(([key, value]) => {
    if (!DATA_KEY.test(key)) {
      return [
        invalid(`data[${key}]`, key, "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"),
      ];
    }
    const text = typeof value === 'string' ? value.replace(/[\r\n]/g, '') : '';
    return BASE64.test(text) ? [] : [invalid(`data[${key}]`, '<secret contents redacted>', 'illegal base64 data')];
  });
}

function changeErrors(secret: KubeObject, live: KubeObject | undefined): readonly FieldError[] {
  if (live === undefined) return [];
  const errors: FieldError[] = [];
  if (secret.type !== live.type) errors.push(invalid('type', secret.type, 'field is immutable'));
  if (live.immutable === true && JSON.stringify(secret.data) !== JSON.stringify(live.data)) {
    errors.push(forbidden('data', 'field is immutable when `immutable` is set'));
  }
  return errors;
}
