import type { Faults, Field } from '../findings';
import { isPort } from './basics';
import { isSubnet } from './names';

/** Values that say nothing. */
export function* emptyValueFaults(list: Field): Faults {
  for (const { text, field } of list.texts)
    if (text === '') yield { code: 'FLO8123', path: field.path, message: 'an empty value matches nothing' };
}

/** Addresses and networks. */
export function* addressFaults(list: Field): Faults {
  for (const { text, field } of list.texts) {
    if (text !== '' && !isSubnet(text))
      yield { code: 'FLO8123', path: field.path, message: `"${text}" is no address and no network` };
  }
}

/** Ports, which are texts here. */
export function* portTextFaults(list: Field): Faults {
  for (const { text, field } of list.texts) {
    if (text !== '' && !(/^[0-9]+$/.test(text) && isPort(Number(text))))
      yield { code: 'FLO8123', path: field.path, message: `"${text}" is no port` };
  }
}

/** `name` or `namespace/name`. */
export function* serviceAccountFaults(list: Field): Faults {
  for (const { text, field } of list.texts) {
    const parts = text.split('/');
    if (text.includes('*')) yield { code: 'FLO8123', path: field.path, message: 'service accounts know no wildcards' };
    else if (text !== '' && (parts.length > 2 || parts.includes('')))
      yield {
        code: 'FLO8123',
        path: field.path,
        message: `"${text}" is neither name nor namespace/name of a service account`,
      };
    else if (text.length > 320) yield { code: 'FLO8123', path: field.path, message: 'longer than 320 characters' };
  }
  if (list.items.length > 16) yield { code: 'FLO8123', path: list.path, message: 'more than 16 service accounts' };
}
