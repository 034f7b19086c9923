{{/* Stops where the chart cannot work. */}}
{{- define "flotilla.check" -}}
{{- if ne .Release.Namespace "flotilla-system" }}
{{- fail (printf "install into the namespace flotilla-system, not %s: hub and zones keep what is theirs there" .Release.Namespace) }}
{{- end }}
{{- if and .Values.hub.enabled (eq .Values.hub.storage "embedded") (gt (int .Values.hub.replicas) 1) }}
{{- fail "hub.replicas: the embedded API server has one replica; use hub.storage=external for more" }}
{{- end }}
{{- if and .Values.hub.enabled .Values.hub.plans.enabled (not .Values.hub.plans.certificateSecret) }}
{{- fail "hub.plans.certificateSecret: name a Secret of type kubernetes.io/tls; the API takes tokens, and must not be plain" }}
{{- end }}
{{- if and .Values.zone.enabled (not .Values.zone.cluster) }}
{{- fail "zone.cluster: give the name of this gateway cluster, as its MemberCluster on the hub is called" }}
{{- end }}
{{- end }}

{{- define "flotilla.selectorLabels" -}}
app.kubernetes.io/name: flotilla
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "flotilla.labels" -}}
{{ include "flotilla.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: flotilla
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "flotilla.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* What every container may do: nothing beside its work. */}}
{{- define "flotilla.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- define "flotilla.podSecurity" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{/* Where a pod may run; takes the values of its role. */}}
{{- define "flotilla.scheduling" -}}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .topologySpreadConstraints }}
topologySpreadConstraints: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{/* The account of another cluster: ServiceAccount, and a token that does not expire where it is wanted. */}}
{{- define "flotilla.accessAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "flotilla.labels" . | nindent 4 }}
automountServiceAccountToken: false
{{- if .tokenSecret }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .name }}-token
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "flotilla.labels" . | nindent 4 }}
  annotations: {kubernetes.io/service-account.name: {{ .name }}}
type: kubernetes.io/service-account-token
{{- end }}
{{- end }}

{{/* Binds the ClusterRole and the Role of the same name to the ServiceAccount of that name. */}}
{{- define "flotilla.bindings" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ .name }}
  labels: {{- include "flotilla.labels" . | nindent 4 }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ .name }}}
subjects: [{kind: ServiceAccount, name: {{ .name }}, namespace: {{ .root.Release.Namespace }}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "flotilla.labels" . | nindent 4 }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ .name }}}
subjects: [{kind: ServiceAccount, name: {{ .name }}, namespace: {{ .root.Release.Namespace }}}]
{{- end }}

{{/* What bundles are made of. */}}
{{- define "flotilla.bundleKinds" -}}
- apiGroups: [""]
  resources: [services, secrets, configmaps]
  verbs: VERBS
- apiGroups: [networking.istio.io]
  resources: [gateways, virtualservices, destinationrules, serviceentries, workloadentries]
  verbs: VERBS
- apiGroups: [externaldns.k8s.io]
  resources: [dnsendpoints]
  verbs: VERBS
- apiGroups: [apps]
  resources: [deployments]
  verbs: VERBS
{{- end }}

{{/* What a zone does in every cluster that it brings bundles into. */}}
{{- define "flotilla.targetRules" -}}
# Where things run, and where a zone's gateways are.
- apiGroups: [""]
  resources: [nodes, pods]
  verbs: [list, watch]
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [list, watch]
# Namespaces are made when a bundle needs them, and never changed or deleted.
- apiGroups: [""]
  resources: [namespaces]
  verbs: [get, list, watch, create]
# What bundles are made of: looked at, applied (patch and create), taken away again.
{{ include "flotilla.bundleKinds" . | replace "VERBS" "[get, list, watch, create, patch, delete]" }}
{{- range .extraKinds }}
- apiGroups: {{ toJson .apiGroups }}
  resources: {{ toJson .resources }}
  verbs: [get, list, watch, create, patch, delete]
{{- end }}
# Whose token it is that asks for a certificate: by the keys that the cluster publishes, or by asking the cluster.
- nonResourceURLs: [/.well-known/openid-configuration, /openid/v1/jwks]
  verbs: [get]
- apiGroups: [authentication.k8s.io]
  resources: [tokenreviews]
  verbs: [create]
{{- end }}
