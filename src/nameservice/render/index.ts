export { dnsEndpointKindName } from './dns-endpoint';
export { type NameRendering, renderNameService, withdrawnManifests } from './render-name-service';
