import type { Faults, Field } from '../findings';
import { isDnsLabel, nameProblem } from './names';

/** Names of Gateways: `namespace/name`, `name`, or `mesh`. */
export function* gatewayNamesFaults(gateways: Field): Faults {
  for (const { text, field } of gateways.texts) {
    const slash = text.indexOf('/');
    if (slash < 0) yield* bareNameFaults(field, text);
    else yield* qualifiedNameFaults(field, text.slice(0, slash), text.slice(slash + 1));
  }
}

function* bareNameFaults({ path }: Field, text: string): Faults {
  const problem = nameProblem(text);
  if (problem !== undefined) {
    yield { code: 'FLO8042', path, message: `"${text}" names no Gateway: ${problem}` };
    return;
  }
  const [name, namespace] = text.split('.');
  if (namespace === undefined) return;
  yield {
    code: 'FLO8043',
    path,
    message: `"${text}" is the old form of a name`,
    hint: `write ${namespace}/${name ?? ''}`,
  };
}

function* qualifiedNameFaults({ path }: Field, namespace: string, name: string): Faults {
  if (!isDnsLabel(namespace))
    yield { code: 'FLO8042', path, message: `"${namespace}" before the slash is no namespace` };
  if (!isDnsLabel(name)) yield { code: 'FLO8042', path, message: `"${name}" after the slash names no Gateway` };
}
