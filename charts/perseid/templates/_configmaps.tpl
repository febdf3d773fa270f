{{/*
How labelled ConfigMaps reach the server, resolved once: by (server, sidecar, native-sidecar; empty if not at all), label, labelValue,
events (the server writes them), byName (objects are fetched by name: RESOURCE_NAME, and sidecars of others may),
namespaces (empty: the release's own; "*": all), resources (configmaps, secrets, both). Used as: include "perseid.configMaps" . | fromJson

"sidecar.enabled: true" asks for it as the Perses chart does, with that block's label and namespaces, whoever then does the work.
*/}}
{{- define "perseid.configMaps" -}}
{{- $cm := .Values.configMaps }}
{{- $sidecar := .Values.sidecar }}
{{- $perses := not (include "perseid.isPerseid" .) }}
{{- $env := include "perseid.sidecarEnv" . | fromJson }}
{{- $by := "" }}
{{- if or $sidecar.enabled (and $cm.enabled (or (not $perses) (ne $cm.by "auto"))) }}
{{- $by = $cm.by | default "auto" }}
{{- if eq $by "auto" }}
{{- $by = ternary "sidecar" "server" (or $perses (ne (include "perseid.onlySidecar" .) "")) }}
{{- end }}
{{- end }}
{{- $namespaces := $cm.namespaces | default list }}
{{- if and (not $namespaces) $sidecar.enabled }}
{{- if hasKey $env "NAMESPACE" }}
{{- range splitList "," $env.NAMESPACE }}
{{- $namespaces = append $namespaces (ternary "*" (trim .) (or (eq (trim .) "ALL") (eq (trim .) ""))) }}
{{- end }}
{{- else if $sidecar.allNamespaces }}
{{- $namespaces = list "*" }}
{{- end }}
{{- end }}
{{- if has "*" $namespaces }}{{ $namespaces = list "*" }}{{ end }}
{{- $resources := ternary "both" "configmaps" (or $cm.secrets (and $sidecar.enabled $sidecar.enableSecretAccess)) }}
{{- if and $sidecar.enabled (hasKey $env "RESOURCE") }}
{{- $resources = get (dict "both" "both" "secret" "secrets" "configmap" "configmaps") $env.RESOURCE | default $resources }}
{{- end }}
{{- dict "by" $by "events" (and (eq $by "server") $cm.events)
  "byName" (and (hasSuffix "sidecar" $by) (or (hasKey $env "RESOURCE_NAME") (ne (include "perseid.ownSidecar" .) "yes"))) "namespaces" (uniq $namespaces) "resources" $resources
  "label" ($cm.label | default $sidecar.label)
  "labelValue" (ternary $sidecar.labelValue $cm.labelValue (kindIs "invalid" $cm.labelValue)) | toJson }}
{{- end }}

{{/* Plain values of sidecar.extraEnvVars by name. */}}
{{- define "perseid.sidecarEnv" -}}
{{- $env := dict }}
{{- range .Values.sidecar.extraEnvVars }}
{{- if hasKey . "value" }}{{ $_ := set $env .name (toString .value) }}{{ end }}
{{- end }}
{{- toJson $env }}
{{- end }}

{{/*
The first variable of sidecar.extraEnvVars that only a sidecar can do. The others say which objects are read, which the server does too, or how
a sidecar goes about it, which means nothing to a server that watches by itself.
*/}}
{{- define "perseid.onlySidecar" -}}
{{- if .Values.sidecar.enabled }}
{{- $known := list "NAMESPACE" "RESOURCE" "METHOD" "SLEEP_TIME" "ERROR_THROTTLE_SLEEP" "WATCH_SERVER_TIMEOUT" "WATCH_CLIENT_TIMEOUT"
  "IGNORE_ALREADY_PROCESSED" "UNIQUE_FILENAMES" "FOLDER_PER_NAMESPACE" "FOLDER_ANNOTATION" "DEFAULT_FILE_MODE" "DISABLE_X509_STRICT_VERIFICATION"
  "HEALTH_PORT" "HEALTH_HOST" "K8S_CONTACT_THRESHOLD_SECONDS" "LOG_LEVEL" "LOG_FORMAT" "LOG_TZ" "REQ_TIMEOUT" "REQ_RETRY_TOTAL"
  "REQ_RETRY_CONNECT" "REQ_RETRY_READ" "REQ_RETRY_BACKOFF_FACTOR" }}
{{- $found := "" }}
{{- range .Values.sidecar.extraEnvVars }}
{{- if and (not $found) (not (has .name $known)) }}{{ $found = .name }}{{ end }}
{{- end }}
{{- $found }}
{{- end }}
{{- end }}

{{- define "perseid.hasSidecar" -}}
{{- if hasSuffix "sidecar" (include "perseid.configMaps" . | fromJson).by }}yes{{ end }}
{{- end }}

{{- define "perseid.nativeSidecar" -}}
{{- if eq (include "perseid.configMaps" . | fromJson).by "native-sidecar" }}yes{{ end }}
{{- end }}

{{/* Whether the server itself needs the token of the ServiceAccount: to watch, or for what Perses does with Kubernetes. */}}
{{- define "perseid.serverToken" -}}
{{- $config := .Values.config | default dict }}
{{- $discovers := false }}
{{- range (($config.datasource).global).discovery }}
{{- if and (kindIs "map" .) (hasKey . "kubernetes_sd") }}{{ $discovers = true }}{{ end }}
{{- end }}
{{- $watches := eq (include "perseid.configMaps" . | fromJson).by "server" }}
{{- range ($config.delivery).sources }}
{{- if and (hasKey . "configmaps") (not (.configmaps).kubeconfig) }}{{ $watches = true }}{{ end }}
{{- end }}
{{- if or $watches $discovers (((($config.security).authorization).provider).kubernetes).enable }}yes{{ end }}
{{- end }}
