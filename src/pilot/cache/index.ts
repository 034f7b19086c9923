export type { TranslatedResource } from './resource-encoder';
export { type Translate, TranslationCache, type Translators } from './translation-cache';
