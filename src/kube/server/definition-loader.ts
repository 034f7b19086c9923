import type { Logger } from '../../kernel';
import type { CustomResourceDefinition } from './resources/custom-resource';
import { kindsOfDefinition } from './resources/custom-resource';
import type { ResourceRegistry } from './resources/resource-registry';
import type { ObjectStore, StoredObject, StoreEvent } from './storage';

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

/**
 * Keeps the served kinds as the stored CustomResourceDefinitions have them: a kind is served within the turn in which its definition
 * becomes visible, so whoever creates a definition may use it at once.
 * @returns stops following
 */
export function followDefinitions(store: ObjectStore, resources: ResourceRegistry, logger: Logger): () => void {
  const table = store.table(DEFINITIONS);
  for (const stored of table.list().objects) serve(stored, resources, logger);
  return table.subscribe((event) => onEvent(event, resources, logger));
}

function onEvent({ type, object }: StoreEvent, resources: ResourceRegistry, logger: Logger): void {
  if (type === 'DELETED') resources.replace(object.key.name, []);
  else serve(object, resources, logger);
}

function serve(stored: StoredObject, resources: ResourceRegistry, logger: Logger): void {
  const definition = stored.parse() as CustomResourceDefinition;
  resources.replace(stored.key.name, kindsOfDefinition(definition));
  logger.debug('serving custom kind', { definition: stored.key.name });
}
