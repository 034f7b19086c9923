export { dnsEndpointKindName } from './dns-endpoint';
export { nameBundleName } from './names';
export { type NameRendering, renderNameService, withdrawnManifests } from './render-name-service';
