import type { PrinterColumn } from '../../schema';
import * as cluster from './cluster-columns';
import { type Column, createdAtColumn, nameColumn } from './column';
import { customColumns } from './custom-columns';
import * as network from './network-columns';
import { podColumns } from './pod-columns';
import * as workload from './workload-columns';

/** Columns of Kubernetes' own kinds by `group/kind`; the same for every version. */
const builtIn: Readonly<Record<string, readonly Column[]>> = {
  '/Pod': podColumns,
  '/Service': network.serviceColumns,
  '/Endpoints': network.endpointsColumns,
  '/Namespace': cluster.namespaceColumns,
  '/Node': cluster.nodeColumns,
  '/Secret': cluster.secretColumns,
  '/ConfigMap': cluster.configMapColumns,
  '/ServiceAccount': cluster.plainColumns,
  '/Event': cluster.eventColumns,
  '/PersistentVolume': cluster.volumeColumns,
  '/PersistentVolumeClaim': cluster.volumeClaimColumns,
  '/ResourceQuota': cluster.resourceQuotaColumns,
  '/ReplicationController': workload.replicationControllerColumns,
  '/PodTemplate': workload.podTemplateColumns,
  'events.k8s.io/Event': cluster.eventColumns,
  'apps/Deployment': workload.deploymentColumns,
  'apps/ReplicaSet': workload.replicaSetColumns,
  'apps/StatefulSet': workload.statefulSetColumns,
  'apps/DaemonSet': workload.daemonSetColumns,
  'apps/ControllerRevision': workload.controllerRevisionColumns,
  'batch/Job': workload.jobColumns,
  'batch/CronJob': workload.cronJobColumns,
  'autoscaling/HorizontalPodAutoscaler': workload.autoscalerColumns,
  'policy/PodDisruptionBudget': workload.disruptionBudgetColumns,
  'discovery.k8s.io/EndpointSlice': network.endpointSliceColumns,
  'networking.k8s.io/Ingress': network.ingressColumns,
  'networking.k8s.io/IngressClass': network.ingressClassColumns,
  'networking.k8s.io/NetworkPolicy': network.networkPolicyColumns,
  'coordination.k8s.io/Lease': cluster.leaseColumns,
  'rbac.authorization.k8s.io/RoleBinding': cluster.bindingColumns,
  'rbac.authorization.k8s.io/ClusterRoleBinding': cluster.bindingColumns,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': cluster.webhookColumns,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': cluster.webhookColumns,
  'apiregistration.k8s.io/APIService': cluster.apiServiceColumns,
  'scheduling.k8s.io/PriorityClass': cluster.priorityClassColumns,
  'storage.k8s.io/StorageClass': cluster.storageClassColumns,
  'certificates.k8s.io/CertificateSigningRequest': cluster.signingRequestColumns,
  'node.k8s.io/RuntimeClass': cluster.runtimeClassColumns,
};

/** Kinds that Kubernetes itself prints with name and time of creation only. */
const builtInGroup = /^$|^(apps|batch|autoscaling|policy)$|\.k8s\.io$/;

/** The columns that a kind is shown with. `printed` are those of a custom kind's definition. */
export function columnsOfKind(
  { group, kind }: { readonly group: string; readonly kind: string },
  printed?: readonly PrinterColumn[],
): readonly Column[] {
  const known = builtIn[`${group}/${kind}`];
  if (known !== undefined) return known;
  const plain = (printed === undefined || printed.length === 0) && builtInGroup.test(group);
  return plain ? [nameColumn, createdAtColumn] : customColumns(printed);
}
