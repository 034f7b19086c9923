export { type EffectiveShares, envoyShares, grpcShares, type LoadedLocality } from './effective-shares';
