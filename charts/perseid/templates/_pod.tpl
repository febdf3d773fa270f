{{/* The pod, the same in a StatefulSet and in a Deployment. */}}
{{- define "perseid.podTemplate" -}}
{{- $v := .Values }}
{{- $volumes := include "perseid.volumes" . | fromJson }}
{{- $containers := list }}
{{- $init := tpl (toYaml ($v.initContainers | default list)) . | fromYamlArray }}
{{- if include "perseid.nativeSidecar" . }}
{{- $init = prepend $init (include "perseid.sidecarContainer" (dict "root" . "mounts" $volumes.sidecar) | fromYaml) }}
{{- else if include "perseid.hasSidecar" . }}
{{- $containers = append $containers (include "perseid.sidecarContainer" (dict "root" . "mounts" $volumes.sidecar) | fromYaml) }}
{{- end }}
{{- $containers = append $containers (include "perseid.serverContainer" (dict "root" . "mounts" $volumes.server) | fromYaml) }}
{{- $containers = concat $containers (tpl (toYaml ($v.extraContainers | default list)) . | fromYamlArray) }}
metadata:
  labels:
    {{- toYaml (mergeOverwrite (deepCopy ($v.podLabels | default dict)) (include "perseid.selectorLabels" . | fromYaml)) | nindent 4 }}
  annotations:
    {{- toYaml (mergeOverwrite (include "perseid.checksums" . | fromYaml) ($v.podAnnotations | default dict)) | nindent 4 }}
spec:
  serviceAccountName: {{ include "perseid.serviceAccountName" . }}
  automountServiceAccountToken: {{ $v.serviceAccount.automountToken }}
  enableServiceLinks: {{ $v.enableServiceLinks }}
  {{- with $v.persistence.securityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- range $key := list "imagePullSecrets" "nodeSelector" "tolerations" "topologySpreadConstraints" "hostAliases" "dnsConfig" }}
  {{- with get $v $key }}
  {{ $key }}:
    {{- tpl (toYaml .) $ | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- range $key := list "priorityClassName" "runtimeClassName" "schedulerName" "dnsPolicy" }}
  {{- with get $v $key }}
  {{ $key }}: {{ . | quote }}
  {{- end }}
  {{- end }}
  {{- if not (kindIs "invalid" $v.terminationGracePeriodSeconds) }}
  terminationGracePeriodSeconds: {{ int $v.terminationGracePeriodSeconds }}
  {{- end }}
  {{- with include "perseid.affinity" . | fromYaml }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $init }}
  initContainers:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    {{- toYaml $containers | nindent 4 }}
  volumes:
    {{- toYaml $volumes.volumes | nindent 4 }}
{{- end }}

{{/*
A pod is replaced when something changes that the server reads only at its start: the configuration, and what the Secret of this chart holds.
Perseid follows the datasources and the keys by itself.
*/}}
{{- define "perseid.checksums" -}}
checksum/config: {{ include "perseid.configFile" . | sha256sum }}
{{- with (include "perseid.secretEnv" . | fromJson).items }}
checksum/secret: {{ toJson . | sha256sum }}
{{- end }}
{{- if and .Values.datasources (not (include "perseid.isPerseid" .)) }}
checksum/datasources: {{ toJson .Values.datasources | sha256sum }}
{{- end }}
{{- end }}

{{- define "perseid.affinity" -}}
{{- $affinity := deepCopy (.Values.affinity | default dict) }}
{{- $term := dict "topologyKey" .Values.podAntiAffinityTopologyKey "labelSelector" (dict "matchLabels" (include "perseid.selectorLabels" . | fromYaml)) }}
{{- if eq .Values.podAntiAffinity "hard" }}
{{- $_ := set $affinity "podAntiAffinity" (dict "requiredDuringSchedulingIgnoredDuringExecution" (list $term)) }}
{{- else if eq .Values.podAntiAffinity "soft" }}
{{- $_ := set $affinity "podAntiAffinity" (dict "preferredDuringSchedulingIgnoredDuringExecution" (list (dict "weight" 100 "podAffinityTerm" $term))) }}
{{- end }}
{{- toYaml $affinity }}
{{- end }}

{{- define "perseid.serverContainer" -}}
{{- $v := .root.Values }}
name: {{ include "perseid.server" .root }}
image: {{ include "perseid.image" .root | quote }}
imagePullPolicy: {{ $v.image.pullPolicy }}
args:
  - --config=/etc/perses/config/config.yaml
  - --web.listen-address=:{{ int $v.service.targetPort }}
  - --web.hide-port=false
  - --web.telemetry-path={{ include "perseid.prefix" .root }}/metrics
  - --log.level={{ $v.logLevel }}
  - --log.method-trace=true
  {{- if $v.webTLS.secretName }}
  - --web.tls-cert-file=/etc/perses/web-tls/tls.crt
  - --web.tls-key-file=/etc/perses/web-tls/tls.key
  {{- end }}
  {{- range $key, $value := $v.extraArgs }}
  {{- if or (kindIs "invalid" $value) (eq (toString $value) "") }}
  - {{ printf "--%s" $key | quote }}
  {{- else }}
  - {{ printf "--%s=%s" $key (tpl (toString $value) $.root) | quote }}
  {{- end }}
  {{- end }}
{{- with include "perseid.env" .root | fromYamlArray }}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $v.envFrom }}
envFrom:
  {{- tpl (toYaml .) $.root | nindent 2 }}
{{- end }}
ports:
  - name: http
    containerPort: {{ int $v.service.targetPort }}
    protocol: TCP
{{- include "perseid.probes" .root }}
{{- with $v.lifecycle }}
lifecycle:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $v.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $v.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumeMounts:
  {{- toYaml .mounts | nindent 2 }}
{{- end }}

{{- define "perseid.env" -}}
{{- $env := list }}
{{- range (include "perseid.secretEnv" . | fromJson).items }}
{{- if hasKey . "valueFrom" }}
{{- $env = append $env . }}
{{- else }}
{{- $env = append $env (dict "name" .name "valueFrom" (dict "secretKeyRef" (dict "name" .secret "key" (kebabcase .name)))) }}
{{- end }}
{{- end }}
{{- if not (include "perseid.isPerseid" .) }}
{{- $watch := (((.Values.config).provisioning) | default dict).enable_watch }}
{{- if kindIs "invalid" $watch }}{{ $watch = include "perseid.hasSidecar" . | empty | not }}{{ end }}
{{- if $watch }}{{ $env = append $env (dict "name" "PERSES_PROVISIONING_ENABLE_WATCH" "value" "true") }}{{ end }}
{{- end }}
{{- with .Values.env }}{{ $env = concat $env (tpl (toYaml .) $ | fromYamlArray) }}{{ end }}
{{- toYaml $env }}
{{- end }}

{{/* Perseid has addresses for machines, outside of api_prefix: live while the process works, ready once every source was read (R27). */}}
{{- define "perseid.probes" -}}
{{- $perseid := include "perseid.isPerseid" . }}
{{- $health := printf "%s/api/v1/health" (include "perseid.prefix" .) }}
{{- $paths := dict "livenessProbe" (ternary "/livez" $health (ne $perseid "")) "readinessProbe" (ternary "/readyz" $health (ne $perseid "")) "startupProbe" (ternary "/livez" $health (ne $perseid "")) }}
{{- range $name, $path := $paths }}
{{- $probe := get $.Values $name | default dict }}
{{- if $probe.enabled }}
{{ $name }}:
  httpGet:
    path: {{ $path }}
    port: http
    scheme: {{ include "perseid.scheme" $ }}
  {{- toYaml (omit $probe "enabled") | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}
