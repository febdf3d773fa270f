{{/* What cannot work is refused here, with a sentence, and not by a pod that does not start. It prints nothing. */}}
{{- define "perseid.check" -}}
{{- $v := .Values }}
{{- $database := ($v.config).database | default dict }}
{{- if and $database.file $database.sql }}
{{- fail "config.database has file and sql: keep one. The file database is a default of this chart; config.database.file: null removes it" }}
{{- end }}
{{- if not (or $database.file $database.sql) }}{{ fail "config.database has neither file nor sql: give config.database.file a folder" }}{{ end }}
{{- if and $database.file (not $database.file.folder) }}{{ fail "config.database.file has no folder, and the default of the server is not on the data volume: write /perses" }}{{ end }}
{{- include "perseid.checkSQL" ($database.sql | default dict) }}
{{- if include "perseid.isPerseid" . }}
{{- with include "perseid.unserved" . }}{{ fail (printf "server is perseid, but %s; set server to perses, or to auto, which chooses it" .) }}{{ end }}
{{- else }}
{{- include "perseid.checkPerses" . }}
{{- end }}
{{- if and $v.encryptionKey.existingSecret (($v.config).security).encryption_key }}{{ fail "encryptionKey.existingSecret and config.security.encryption_key are both set: keep one" }}{{ end }}
{{- if and (hasKey ($v.affinity | default dict) "podAntiAffinity") $v.podAntiAffinity }}{{ fail "affinity.podAntiAffinity and podAntiAffinity are both set: keep one" }}{{ end }}
{{- if and $v.persistence.enabled (kindIs "string" $v.persistence.storageClass) (not $v.persistence.storageClass) }}
{{- fail "persistence.storageClass is an empty text: leave it out for the default class of the cluster, or write \"-\" for none" }}
{{- end }}
{{- include "perseid.checkKubernetes" . }}
{{- include "perseid.checkSources" . }}
{{- end }}

{{- define "perseid.checkSQL" -}}
{{- range $old, $new := dict "ca_file" "caFile" "cert_file" "certFile" "key_file" "keyFile" "server_name" "serverName" "insecure_skip_verify" "insecureSkipVerify" "min_version" "minVersion" "max_version" "maxVersion" }}
{{- if hasKey ($.tls_config | default dict) $old }}{{ fail (printf "config.database.sql.tls_config.%s is not read any more: write %s" $old $new) }}{{ end }}
{{- end }}
{{- end }}

{{- define "perseid.checkPerses" -}}
{{- $why := include "perseid.persesReason" . | default "server is perses" }}
{{- if (.Values.config).delivery }}{{ fail (printf "config.delivery is Perseid's, and Perses does not start with it, but %s" $why) }}{{ end }}
{{- if eq (include "perseid.configMaps" . | fromJson).by "server" }}{{ fail (printf "configMaps.by is server, and Perses reads no ConfigMaps by itself, but %s; set it to sidecar" $why) }}{{ end }}
{{- range (include "perseid.artifacts" . | fromJson).items }}
{{- if .live }}{{ fail (printf "%s is to be pulled live, which Perses cannot, but %s; mount it instead" .at $why) }}{{ end }}
{{- end }}
{{- if .Values.deliveryToken.existingSecret }}{{ fail (printf "deliveryToken is for Perseid, but %s" $why) }}{{ end }}
{{- end }}

{{- define "perseid.checkKubernetes" -}}
{{- $version := .Capabilities.KubeVersion.Version }}
{{- if and (include "perseid.nativeSidecar" .) (semverCompare "<1.29.0-0" $version) }}
{{- fail (printf "configMaps.by is native-sidecar, which needs Kubernetes 1.29; this is %s. Set it to sidecar" $version) }}
{{- end }}
{{- range (include "perseid.artifacts" . | fromJson).items }}
{{- $needs := ternary "1.33" "1.31" (not (not .given.subPath)) }}
{{- if and (not .live) (semverCompare (printf "<%s.0-0" $needs) $version) }}
{{- fail (printf "%s is to be mounted%s, which needs Kubernetes %s; this is %s. Set ociArtifactsMode to live, and the server pulls it" .at (ternary " with a subPath" "" (eq $needs "1.33")) $needs $version) }}
{{- end }}
{{- if and (not .live) .given.verify }}{{ fail (printf "%s.verify: the kubelet verifies no signatures of what it mounts. Set ociArtifactsMode to live, or have a policy of the cluster verify it and remove verify" .at) }}{{ end }}
{{- end }}
{{- end }}

{{/* Names of sources are unique, and nothing reads the ConfigMaps that a sidecar feeds to the same server (R37). */}}
{{- define "perseid.checkSources" -}}
{{- $cm := include "perseid.configMaps" . | fromJson }}
{{- $names := dict }}
{{- range ((include "perseid.split" . | fromJson).config.delivery).sources }}
{{- if .name }}
{{- if hasKey $names .name }}{{ fail (printf "two sources are named %s: choose another name in ociArtifacts or in config.delivery.sources" .name) }}{{ end }}
{{- $_ := set $names .name true }}
{{- end }}
{{- if and .configmaps (hasSuffix "sidecar" $cm.by) (eq ((.configmaps).label | default "perses.dev/resource") $cm.label) }}
{{- fail (printf "config.delivery.sources watches ConfigMaps with the label %s, and a sidecar brings the same ones to the same server: set configMaps.by to server, or remove the source" $cm.label) }}
{{- end }}
{{- end }}
{{- if eq $cm.by "server" }}
{{- range concat (.Values.extraContainers | default list) (.Values.initContainers | default list) }}
{{- $container := .name }}
{{- range .env }}
{{- if and (eq .name "LABEL") (eq (toString .value) $cm.label) }}
{{- fail (printf "the container %s collects ConfigMaps with the label %s, which the server watches itself: set configMaps.enabled to false, or remove the container" $container $cm.label) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
