{{/* The container that brings ConfigMaps into a directory: an ordinary one, or a native sidecar that the server waits for. */}}
{{- define "perseid.sidecarContainer" -}}
{{- $s := .root.Values.sidecar }}
{{- $native := include "perseid.nativeSidecar" .root }}
name: {{ include "perseid.server" .root }}-provisioning-sidecar
image: {{ include "perseid.sidecarImage" .root | quote }}
imagePullPolicy: {{ $s.image.pullPolicy }}
{{- if $native }}
restartPolicy: Always
{{- end }}
env:
  {{- include "perseid.sidecarVariables" .root | nindent 2 }}
ports:
  - name: sidecar
    containerPort: {{ int $s.healthPort }}
    protocol: TCP
{{- if $s.probes.enabled }}
{{- range $probe := list (ternary "startupProbe" "readinessProbe" (ne $native "")) "livenessProbe" }}
{{ $probe }}:
  httpGet:
    path: /healthz
    port: sidecar
  {{- if eq $probe "livenessProbe" }}
  initialDelaySeconds: 30
  {{- end }}
  periodSeconds: {{ ternary 30 (ternary 2 10 (ne $native "")) (eq $probe "livenessProbe") }}
  timeoutSeconds: 5
  failureThreshold: {{ ternary 60 5 (eq $probe "startupProbe") }}
{{- end }}
{{- end }}
{{- with $s.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $s.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumeMounts:
  {{- toYaml .mounts | nindent 2 }}
{{- end }}

{{/* Later entries win, as they do for Kubernetes, and no name comes twice. */}}
{{- define "perseid.sidecarVariables" -}}
{{- $s := .Values.sidecar }}
{{- $cm := include "perseid.configMaps" . | fromJson }}
{{- $list := list
  (dict "name" "LABEL" "value" $cm.label)
  (dict "name" "LABEL_VALUE" "value" $cm.labelValue)
  (dict "name" "FOLDER" "value" (include "perseid.provisioningFolder" .))
  (dict "name" "HEALTH_PORT" "value" (toString (int $s.healthPort))) }}
{{- if eq (first (append $cm.namespaces "")) "*" }}
{{- $list = append $list (dict "name" "NAMESPACE" "value" "ALL") }}
{{- else if $cm.namespaces }}
{{- $list = append $list (dict "name" "NAMESPACE" "value" (join "," $cm.namespaces)) }}
{{- end }}
{{- if ne $cm.resources "configmaps" }}
{{- $list = append $list (dict "name" "RESOURCE" "value" (ternary "both" "secret" (eq $cm.resources "both"))) }}
{{- end }}
{{- $given := dict }}
{{- range $s.extraEnvVars }}{{ $_ := set $given .name true }}{{ end }}
{{- $out := list }}
{{- range $list }}{{ if not (hasKey $given .name) }}{{ $out = append $out . }}{{ end }}{{ end }}
{{- range $s.extraEnvVars }}
{{- $out = append $out (ternary (mergeOverwrite (deepCopy .) (dict "value" (toString .value))) . (hasKey . "value")) }}
{{- end }}
{{- toYaml $out }}
{{- end }}
