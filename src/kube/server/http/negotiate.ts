import { ApiError } from '../api-error';

/** How a client wants its answer: the encoding, and perhaps another shape (`as=Table;v=v1;g=meta.k8s.io`). */
export interface Representation {
  readonly format: 'json' | 'yaml';
  readonly as?: string;
  readonly group?: string;
  readonly version?: string;
}

const FORMATS: Readonly<Record<string, Representation['format']>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/*': 'json',
  '*/*': 'json',
};

/**
 * The first representation of an `Accept` header that can be served. `shapes` names the `as` values the resource offers.
 * @throws ApiError 406 when there is none
 */
export function negotiate(accept: string | undefined, shapes: readonly string[]): Representation {
  if (accept === undefined || accept.trim() === '') return { format: 'json' };
  for (const clause of accept.split(',')) {
    const offered = readClause(clause, shapes);
    if (offered !== undefined) return offered;
  }
  const message = `only the following media types are accepted: application/json, application/yaml`;
  throw new ApiError('NotAcceptable', message, {});
}

function readClause(clause: string, shapes: readonly string[]): Representation | undefined {
  const [mediaType = '', ...parameters] = clause.split(';').map((part) => part.trim());
  const format = FORMATS[mediaType.toLowerCase()];
  if (format === undefined) return undefined;
  const values = new Map(parameters.map((parameter) => splitParameter(parameter)));
  const as = values.get('as');
  if (as === undefined) return values.has('stream') && values.get('stream') !== 'watch' ? undefined : { format };
  if (!shapes.includes(as)) return undefined;
  return { format, as, group: values.get('g') ?? '', version: values.get('v') ?? '' };
}

function splitParameter(parameter: string): [string, string] {
  const [name = '', value = ''] = parameter.split('=');
  return [name.toLowerCase(), value];
}
