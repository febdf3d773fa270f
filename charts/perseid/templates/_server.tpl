{{/*
Which server runs, and from which image. With "server: auto" it is Perseid, unless the values ask for what it does not serve: then it is
Perses, so that a values file for the Perses chart always gives a server that does all it says.
*/}}

{{- define "perseid.server" -}}
{{- if ne .Values.server "auto" }}
{{- .Values.server }}
{{- else }}
{{- ternary "perses" "perseid" (ne (include "perseid.persesReason" .) "") }}
{{- end }}
{{- end }}

{{- define "perseid.isPerseid" -}}
{{- if eq (include "perseid.server" .) "perseid" }}yes{{ end }}
{{- end }}

{{/* Why the values ask for Perses; nothing if they do not. */}}
{{- define "perseid.persesReason" -}}
{{- if include "perseid.namesPerses" . }}image.name is that of Perses
{{- else if and (not .Values.image.name) (regexMatch "^v[0-9]" (toString .Values.image.version)) }}image.version {{ .Values.image.version }} is a tag of Perses
{{- else }}{{ include "perseid.unserved" . }}
{{- end }}
{{- end }}

{{/* The settings that Perseid refuses to start with (R28: nothing fails open). */}}
{{- define "perseid.unserved" -}}
{{- if ((.Values.config).security).enable_auth }}config.security.enable_auth is set, and Perseid has no authentication yet
{{- else if ((.Values.config).database).sql }}config.database.sql is set, and Perseid has no SQL database yet
{{- else if ((.Values.config).dashboard).custom_lint_rules }}config.dashboard.custom_lint_rules are set, and Perseid does not check them yet
{{- end }}
{{- end }}

{{- define "perseid.namesPerses" -}}
{{- if eq (base (toString .Values.image.name)) "perses" }}yes{{ end }}
{{- end }}

{{/* Perseid runs whatever image is named, but for one of Perses: that stays in a values file that was copied as a whole. */}}
{{- define "perseid.imageParts" -}}
{{- $image := deepCopy .Values.image }}
{{- $perses := not (include "perseid.isPerseid" .) }}
{{- if and (not $perses) (include "perseid.namesPerses" .) }}
{{- $registry := ternary "" $image.registry (eq (toString $image.registry) "docker.io") }}
{{- $image = dict "registry" $registry "pullPolicy" $image.pullPolicy }}
{{- end }}
{{- dict
  "registry" ($image.registry | default (ternary "docker.io" "ghcr.io" $perses))
  "name" ($image.name | default (ternary "persesdev/perses" "perseid-dev/perseid" $perses))
  "version" ($image.version | default (ternary (index .Chart.Annotations "perseid.dev/perses-version") .Chart.AppVersion $perses) | toString)
  "digest" ($image.digest | default "") | toJson }}
{{- end }}

{{- define "perseid.version" -}}
{{- (include "perseid.imageParts" . | fromJson).version }}
{{- end }}

{{- define "perseid.image" -}}
{{- $i := include "perseid.imageParts" . | fromJson }}
{{- printf "%s/%s:%s" $i.registry $i.name $i.version }}{{ with $i.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* Our sidecar, unless the values name another image. A tag without a repository is one of k8s-sidecar, as in the Perses chart. */}}
{{- define "perseid.sidecarImage" -}}
{{- $i := .Values.sidecar.image }}
{{- $ours := include "perseid.ownSidecar" . }}
{{- $registry := $i.registry | default .Values.image.registry | default "docker.io" }}
{{- $repository := $i.repository | default (ternary "perseid-dev/perseid-sidecar" "kiwigrid/k8s-sidecar" (eq $ours "yes")) }}
{{- if and $ours (eq $registry "docker.io") }}{{ $registry = "ghcr.io" }}{{ end }}
{{- $tag := $i.tag | default (ternary .Chart.AppVersion "2.10.1" (eq $ours "yes")) }}
{{- printf "%s/%s:%s" $registry $repository (toString $tag) }}{{ with $i.digest }}@{{ . }}{{ end }}
{{- end }}

{{- define "perseid.ownSidecar" -}}
{{- $i := .Values.sidecar.image }}
{{- if or (eq (base (toString $i.repository)) "perseid-sidecar") (not (or $i.repository $i.tag)) }}yes{{ end }}
{{- end }}

{{- define "perseid.prefix" -}}
{{- with trimAll "/" (toString ((.Values.config).api_prefix | default "")) }}/{{ . }}{{ end }}
{{- end }}

{{/* HTTPS where the server has a certificate: by webTLS, or by the flag of Perses in extraArgs. */}}
{{- define "perseid.scheme" -}}
{{- ternary "HTTPS" "HTTP" (or (ne .Values.webTLS.secretName "") (hasKey (.Values.extraArgs | default dict) "web.tls-cert-file")) }}
{{- end }}

{{/* The port of the Service, where clients reach the server. */}}
{{- define "perseid.url" -}}
{{- printf "%s://%s.%s.svc:%v%s" (include "perseid.scheme" . | lower) (include "perseid.fullname" .) .Release.Namespace (int .Values.service.port) (include "perseid.prefix" .) }}
{{- end }}

{{/* Where the first provisioning folder is; the sidecar and the provisioning volume use it. */}}
{{- define "perseid.provisioningFolder" -}}
{{- first (((.Values.config).provisioning).folders | default (list "/etc/perses/provisioning")) }}
{{- end }}

{{/* A StatefulSet holds the file database, a Deployment serves from an SQL database. */}}
{{- define "perseid.stateful" -}}
{{- if not ((.Values.config).database).sql }}yes{{ end }}
{{- end }}
