import type { KubeObject } from '../../../schema';
import { type FieldError, invalid, required } from '../../schema';

type Data = Readonly<Record<string, string>>;

const TYPE = 'kubernetes.io/';
const ACCOUNT = 'kubernetes.io/service-account.name';

/** What a Secret of one of Kubernetes' own types must hold (https://kubernetes.io/docs/concepts/configuration/secret/). */
export function secretTypeErrors({ type, metadata }: KubeObject, data: Data): readonly FieldError[] {
  switch (type) {
    case `${TYPE}service-account-token`:
      return (metadata.annotations?.[ACCOUNT] ?? '') === '' ? [required(`metadata.annotations[${ACCOUNT}]`)] : [];
    case `${TYPE}tls`:
      return missing(data, ['tls.crt', 'tls.key']);
    case `${TYPE}dockerconfigjson`:
      return jsonErrors(data, '.dockerconfigjson');
    case `${TYPE}dockercfg`:
      return jsonErrors(data, '.dockercfg');
    case `${TYPE}basic-auth`:
      return missing(data, ['username']).length > 0 && missing(data, ['password']).length > 0
        ? missing(data, ['username', 'password'])
        : [];
    case `${TYPE}ssh-auth`:
      return (data['ssh-privatekey'] ?? '') === '' ? [required('data[ssh-privatekey]')] : [];
    default:
      return [];
  }
}

function missing(data: Data, keys: readonly string[]): readonly FieldError[] {
  return keys.filter((key) => !Object.hasOwn(data, key)).map((key) => required(`data[${key}]`));
}

function jsonErrors(data: Data, key: string): readonly FieldError[] {
  const text = data[key];
  if (text === undefined) return [required(`data[${key}]`)];
  try {
    JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
    return [];
  } catch (cause) {
    const ended = cause instanceof SyntaxError && /end of JSON|Expected property name/.test(cause.message);
    const detail = ended ? 'unexpected end of JSON input' : 'invalid character in JSON';
    return [invalid(`data[${key}]`, '<secret contents redacted>', detail)];
  }
}
