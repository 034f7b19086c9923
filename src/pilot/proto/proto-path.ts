import { FlotillaError } from '../../kernel';

/** Where in a message the encoder is: field names and list positions from the outside in. */
export type ProtoPath = (string | number)[];

/** Writes a path as kubectl does: `filterChains[0].filters[1].typedConfig`. */
export function formatProtoPath(path: Readonly<ProtoPath>): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

function describe(value: unknown): string {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** FLO4100: a value that its protobuf field cannot hold. */
export function misfit(path: Readonly<ProtoPath>, expected: string, found: unknown): FlotillaError {
  return refusal(path, `expected ${expected}, found ${describe(found)}`);
}

/** FLO4100 with a reason of its own. */
export function refusal(path: Readonly<ProtoPath>, reason: string): FlotillaError {
  const [type = 'message', ...inner] = path;
  const where = inner.length === 0 ? '' : ` at ${formatProtoPath(inner)}`;
  return new FlotillaError(`cannot encode ${type}${where}: ${reason}`, {
    code: 'FLO4100',
    retry: 'after-change',
    hint: 'write the field as proto3 JSON has it for this message type',
  });
}
