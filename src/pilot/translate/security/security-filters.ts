import type { MeshModel, Proxy } from '../../model';
import type { HttpFilter } from '../../proto';
import { httpAuthorization } from './authorization-filters';
import { tokenFilters } from './token-filter';

/** The filters that check requests to a workload: their tokens first, because authorization asks for what is in them. */
export function securityFilters(model: MeshModel, proxy: Proxy): readonly HttpFilter[] {
  return [...tokenFilters(model, proxy), ...httpAuthorization(model, proxy)];
}
