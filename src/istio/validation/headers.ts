import type { Faults, Field } from '../findings';

const HEADER = /^[-_A-Za-z0-9]+$/;
// eslint has a rule against control characters in expressions; header values must not hold them, except for the tab.
const CONTROL = new RegExp('[\\u0000-\\u0008\\u000A-\\u001F\\u007F]');
const COMMAND = /%%|%[A-Z_0-9]+(\([^)]*\))?(:[0-9]+)?%/g;

/** The name of a header that requests are matched by. */
export function* headerNameFaults(field: Field, name: string): Faults {
  if (name === '') yield { code: 'FLO8017', path: field.path, message: 'the name of a header must not be empty' };
  else if (!HEADER.test(name)) yield { code: 'FLO8017', path: field.path, message: `"${name}" is no name of a header` };
}

/** Istio's Headers: what is set, added and removed on requests and responses. */
export function* headerOperationFaults(headers: Field): Faults {
  for (const direction of ['request', 'response'] as const) {
    const operations = headers.at(direction);
    for (const operation of ['set', 'add'] as const) {
      for (const [name, value] of operations.at(operation).entries) {
        yield* changedHeaderFaults(value, name, direction === 'request');
        yield* headerValueFaults(value);
      }
    }
    for (const { text, field } of operations.at('remove').texts) yield* changedHeaderFaults(field, text, false);
  }
}

/** Requests may get another authority; everything else that begins with a colon is the proxy's own. */
function* changedHeaderFaults(field: Field, name: string, authorityAllowed: boolean): Faults {
  const { path } = field;
  if (name === '') yield { code: 'FLO8017', path, message: 'the name of a header must not be empty' };
  else if (isAuthority(name) && authorityAllowed) return;
  else if (name.toLowerCase() === 'host')
    yield { code: 'FLO8017', path, message: 'the Host header cannot be changed here' };
  else if (name.startsWith(':')) yield { code: 'FLO8017', path, message: `"${name}" is a header of the proxy itself` };
}

/** Whether a header is the host that is asked for. */
export function isAuthority(name: string): boolean {
  return ['host', ':authority'].includes(name.toLowerCase());
}

/** Envoy's command operators (`%REQ(x)%`) must be whole; a plain per cent sign is written twice. */
function* headerValueFaults({ text, path }: Field): Faults {
  if (text === undefined) return;
  if (CONTROL.test(text)) yield { code: 'FLO8017', path, message: 'the value holds control characters' };
  else if (text.replace(COMMAND, '').includes('%')) {
    const hint = 'write %% for a per cent sign, and %NAME% for a value of the proxy';
    yield { code: 'FLO8017', path, message: `"${text}" has a % that belongs to nothing`, hint };
  }
}
