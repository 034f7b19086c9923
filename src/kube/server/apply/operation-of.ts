import type { StructuralSchema } from '../../schema';
import type { Owner } from './managed-fields';
import { type Operation, ownershipFilter } from './ownership';
import { objectShape } from './shape';

/** What apply and every other write say about themselves. */
interface TrackedRequest {
  readonly manager: string;
  readonly schema: StructuralSchema;
  readonly subresource?: string;
  readonly statusSubresource?: boolean;
  readonly apiVersion: string;
  readonly nowRfc3339: string;
}

/** What a request is as far as owners of fields are concerned. */
export function operationOf(request: TrackedRequest, operation: Owner['operation']): Operation {
  const { schema, subresource = '', manager, apiVersion, nowRfc3339 } = request;
  const ownStatus = request.statusSubresource ?? schema.properties?.status !== undefined;
  const endpoint = subresource === 'status' ? 'status' : ownStatus ? 'main' : 'all';
  return {
    shape: objectShape(schema),
    filter: ownershipFilter(endpoint),
    actor: { manager: manager === '' ? 'unknown' : manager, operation, apiVersion, subresource },
    nowRfc3339,
  };
}
