import type { Secret as KubeSecret } from '../../../istio';
import type { MeshModel, Proxy } from '../../model';
import type { Secret } from '../../proto';
import { resource, type XdsResource } from '../xds-resource';

const SCHEME = 'kubernetes://';
const ROOTS_SUFFIX = '-cacert';

/** What an SDS name asks for. */
interface SecretName {
  readonly namespace: string;
  readonly name: string;
  /** Only the certificates that peers are checked against. */
  readonly roots: boolean;
}

/**
 * The secrets of these SDS names (`kubernetes://name`, `kubernetes://namespace/name`, each with `-cacert` for the roots
 * alone). A proxy gets those of its own namespace only; a name that leads elsewhere, or to nothing, gives nothing.
 */
export function translateSecrets(model: MeshModel, proxy: Proxy, names: readonly string[]): readonly XdsResource[] {
  return [...new Set(names)].map((name) => secretNamed(model, proxy, name)).filter((secret) => secret !== undefined);
}

function secretNamed(model: MeshModel, proxy: Proxy, name: string): XdsResource | undefined {
  const wanted = parseSecretName(name, proxy.namespace);
  if (wanted?.namespace !== proxy.namespace) return undefined;
  const message = wanted.roots ? rootsMessage(model, wanted, name) : keyPairMessage(model, wanted, name);
  return message && resource('envoy.extensions.transport_sockets.tls.v3.Secret', name, message);
}

function parseSecretName(text: string, ownNamespace: string): SecretName | undefined {
  if (!text.startsWith(SCHEME)) return undefined;
  const path = text.slice(SCHEME.length);
  const slash = path.indexOf('/');
  const namespace = slash < 0 ? ownNamespace : path.slice(0, slash);
  const name = path.slice(slash + 1);
  const roots = name.endsWith(ROOTS_SUFFIX);
  return { namespace, name, roots };
}

function keyPairMessage(model: MeshModel, { namespace, name }: SecretName, sdsName: string): Secret | undefined {
  const secret = model.secrets.get(`${namespace}/${name}`);
  const chain = secret && entry(secret, 'tls.crt', 'cert');
  const key = secret && entry(secret, 'tls.key', 'key');
  if (!chain || !key) return undefined;
  const staple = entry(secret, 'tls.ocsp-staple');
  return {
    name: sdsName,
    tlsCertificate: {
      certificateChain: { inlineBytes: chain },
      privateKey: { inlineBytes: key },
      ocspStaple: staple ? { inlineBytes: staple } : undefined,
    },
  };
}

/** Roots lie in a Secret of their own (`name-cacert`), or beside the key in the one without the suffix. */
function rootsMessage(model: MeshModel, { namespace, name }: SecretName, sdsName: string): Secret | undefined {
  const own = model.secrets.get(`${namespace}/${name}`);
  const beside = model.secrets.get(`${namespace}/${name.slice(0, -ROOTS_SUFFIX.length)}`);
  const secret = own && entry(own, 'ca.crt', 'cacert') ? own : beside;
  const roots = secret && entry(secret, 'ca.crt', 'cacert');
  if (!roots) return undefined;
  const revoked = entry(secret, 'ca.crl');
  return {
    name: sdsName,
    validationContext: { trustedCa: { inlineBytes: roots }, crl: revoked ? { inlineBytes: revoked } : undefined },
  };
}

/** The first of these entries, as base64. */
function entry({ data, stringData }: KubeSecret, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const plain = stringData?.[key];
    const value = data?.[key] ?? (plain === undefined ? undefined : Buffer.from(plain).toString('base64'));
    if (value) return value;
  }
  return undefined;
}
