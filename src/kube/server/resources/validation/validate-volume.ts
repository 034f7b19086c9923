import { type FieldError, required } from '../../schema';
import { exactlyOne, present } from './field-rules';

/** The parts of a volume that are checked. */
export interface Volume {
  readonly name?: string;
  readonly configMap?: { readonly name?: string };
  readonly secret?: { readonly secretName?: string };
  readonly persistentVolumeClaim?: { readonly claimName?: string };
  readonly hostPath?: { readonly path?: string };
}

const SOURCES = [
  ...['emptyDir', 'hostPath', 'configMap', 'secret', 'persistentVolumeClaim', 'projected', 'downwardAPI', 'csi'],
  ...['ephemeral', 'nfs', 'iscsi', 'fc', 'image', 'gitRepo', 'cephfs', 'glusterfs', 'rbd', 'cinder', 'flexVolume'],
  ...['gcePersistentDisk', 'awsElasticBlockStore', 'azureDisk', 'azureFile', 'vsphereVolume', 'quobyte'],
  ...['portworxVolume', 'scaleIO', 'storageos', 'photonPersistentDisk', 'flocker'],
];

/** A volume has one source, and that names what it is about. */
export function volumeErrors(volume: Volume, field: string): readonly FieldError[] {
  const { configMap, secret, persistentVolumeClaim: claim, hostPath } = volume;
  const missing = required(field, 'must specify a volume type');
  return [
    ...exactlyOne(volume, { field, names: SOURCES, missing, several: 'may not specify more than 1 volume type' }),
    ...(configMap === undefined ? [] : present(configMap.name, `${field}.configMap.name`)),
    ...(secret === undefined ? [] : present(secret.secretName, `${field}.secret.secretName`)),
    ...(claim === undefined ? [] : present(claim.claimName, `${field}.persistentVolumeClaim.claimName`)),
    ...(hostPath === undefined ? [] : present(hostPath.path, `${field}.hostPath.path`)),
  ];
}
