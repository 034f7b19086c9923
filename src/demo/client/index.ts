export { ControlServer } from './control-server';
export { registerXds } from './grpc-ask';
export { LoadClient, type LoadKind } from './load-client';
export type { LoadResult } from './run-load';
export { speakFrom } from './speak-from';
