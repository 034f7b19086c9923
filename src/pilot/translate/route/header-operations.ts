import type { HeaderOperations } from '../../../istio';
import { compareText } from '../../model';
import type { envoy } from '../../proto';

type HeaderValueOption = envoy.config.core.v3.HeaderValueOption;

/** Header fields of a route, a virtual host or a weighted cluster. */
export interface HeaderFields {
  readonly requestHeadersToAdd?: readonly HeaderValueOption[] | undefined;
  readonly requestHeadersToRemove?: readonly string[] | undefined;
  readonly responseHeadersToAdd?: readonly HeaderValueOption[] | undefined;
  readonly responseHeadersToRemove?: readonly string[] | undefined;
}

interface Headers {
  readonly request?: HeaderOperations | undefined;
  readonly response?: HeaderOperations | undefined;
}

/** The header operations in Envoy's form: what is set first, then what is added, each by name. */
export function headerFields(...all: readonly (Headers | undefined)[]): HeaderFields {
  const joined = <T>(pick: (headers: Headers) => readonly T[]): readonly T[] | undefined => {
    const items = all.flatMap((headers) => (headers ? pick(headers) : []));
    return items.length > 0 ? items : undefined;
  };
  return {
    requestHeadersToAdd: joined(({ request }) => additions(request)),
    requestHeadersToRemove: joined(({ request }) => removals(request)),
    responseHeadersToAdd: joined(({ response }) => additions(response)),
    responseHeadersToRemove: joined(({ response }) => removals(response)),
  };
}

/** A request header `host` or `:authority` that is set (or added) rewrites the host instead. */
export function authorityOf(headers: Headers | undefined): string | undefined {
  const { set = {}, add = {} } = headers?.request ?? {};
  return [...Object.entries(set), ...Object.entries(add)].find(([name]) => isAuthority(name))?.[1];
}

function removals(operations: HeaderOperations | undefined): readonly string[] {
  return operations?.remove?.filter((name) => !isInternal(name)) ?? [];
}

function additions(operations: HeaderOperations | undefined): readonly HeaderValueOption[] {
  const set = sorted(operations?.set).map(([key, value]): HeaderValueOption => ({
    header: { key, value },
    appendAction: 'OVERWRITE_IF_EXISTS_OR_ADD',
  }));
  return [...set, ...sorted(operations?.add).map(([key, value]): HeaderValueOption => ({ header: { key, value } }))];
}

function sorted(entries: Readonly<Record<string, string>> | undefined): readonly [string, string][] {
  return Object.entries(entries ?? {})
    .filter(([name]) => !isInternal(name))
    .sort(([left], [right]) => compareText(left, right));
}

function isAuthority(name: string): boolean {
  return name === ':authority' || name.toLowerCase() === 'host';
}

/** Headers that Envoy keeps for itself and refuses to change this way. */
function isInternal(name: string): boolean {
  return name.startsWith(':') || isAuthority(name);
}
