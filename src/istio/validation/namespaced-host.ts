import type { Faults, Field } from '../findings';
import { isDnsLabel, isIp, isPartialWildcard, wildcardNameProblem } from './names';

/** `namespace/host` of Gateways, where the namespace may be missing, and of Sidecars, where it must be there. */
export function* namespacedHostFaults(field: Field, host: string, kind: 'Gateway' | 'Sidecar'): Faults {
  const { path } = field;
  const slash = host.indexOf('/');
  if (slash < 0) {
    if (kind === 'Gateway') yield* namePartFaults(path, host, kind);
    else
      yield {
        code: 'FLO8113',
        path,
        message: `"${host}" names no namespace`,
        hint: 'write namespace/host, ./host or */host',
      };
    return;
  }
  const namespace = host.slice(0, slash);
  const special = kind === 'Gateway' ? ['*', '.'] : ['*', '.', '~'];
  if (!special.includes(namespace) && !isDnsLabel(namespace))
    yield { code: 'FLO8007', path, message: `"${namespace}" before the slash is no namespace` };
  yield* namePartFaults(path, host.slice(slash + 1), kind);
}

function* namePartFaults(path: string, name: string, kind: string): Faults {
  if (name === '*' || (kind === 'Gateway' && isIp(name))) return;
  const problem = wildcardNameProblem(name);
  if (problem !== undefined) yield { code: 'FLO8007', path, message: `"${name}" is no host: ${problem}` };
  else if (!name.includes('.'))
    yield { code: 'FLO8007', path, message: `"${name}" is a short name; a ${kind} needs the whole one` };
  else if (isPartialWildcard(name))
    yield { code: 'FLO8007', path, message: `"${name}" has its wildcard in the middle of a label` };
}
