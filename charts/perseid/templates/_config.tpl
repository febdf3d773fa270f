{{/*
The configuration file. What is written under config is taken as it is; what other values ask for is added to it; what is secret is taken
out, and reaches the server as environment variables from a Secret.
*/}}

{{/* dict "config" (without secrets) "secrets" (by name of the variable), in JSON. */}}
{{- define "perseid.split" -}}
{{- $config := omit (deepCopy (.Values.config | default dict)) "annotations" }}
{{- with .Values.frontend }}{{ $_ := set $config "frontend" (mergeOverwrite ($config.frontend | default dict) (deepCopy .)) }}{{ end }}
{{- if include "perseid.isPerseid" . }}
{{- include "perseid.addDelivery" (dict "root" . "config" $config) }}
{{- else }}
{{- include "perseid.addFolders" (dict "root" . "config" $config) }}
{{- end }}
{{- if .Values.encryptionKey.existingSecret }}
{{- $_ := set $config "security" (merge (dict "encryption_key_file" "/etc/perses/encryption-key/key") ($config.security | default dict)) }}
{{- end }}
{{- $secrets := dict }}
{{- include "perseid.takeSecrets" (dict "value" $config "path" "PERSES" "secrets" $secrets) }}
{{- dict "config" $config "secrets" $secrets | toJson }}
{{- end }}

{{- define "perseid.configFile" -}}
{{- toYaml (include "perseid.split" . | fromJson).config }}
{{- end }}

{{/* Takes texts with the names of secrets out of value, wherever they are, and puts them into secrets. It changes both and prints nothing. */}}
{{- define "perseid.takeSecrets" -}}
{{- $names := list "client_secret" "password" "encryption_key" "credentials" "bearer_token" "private_key" }}
{{- $in := . }}
{{- if kindIs "map" .value }}
{{- if hasSuffix "TLS_CONFIG" .path }}{{ $names = append $names "key" }}{{ end }}
{{- range $key, $inner := .value }}
{{- $path := printf "%s_%s" $in.path (upper $key) }}
{{- if and (has $key $names) (kindIs "string" $inner) }}
{{- $own := and (eq $key "credentials") (hasSuffix "_ARTIFACT" $in.path) }}
{{- if and $inner (not $own) }}
{{- $_ := set $in.secrets $path $inner }}
{{- $_ := unset $in.value $key }}
{{- end }}
{{- else }}
{{- include "perseid.takeSecrets" (dict "value" $inner "path" $path "secrets" $in.secrets) }}
{{- end }}
{{- end }}
{{- else if kindIs "slice" .value }}
{{- range $index, $inner := .value }}
{{- include "perseid.takeSecrets" (dict "value" $inner "path" (printf "%s_%d" $in.path $index) "secrets" $in.secrets) }}
{{- end }}
{{- end }}
{{- end }}

{{/* For Perses: directories that other values fill become provisioning folders. Its parser refuses enable_watch, which is an environment variable. */}}
{{- define "perseid.addFolders" -}}
{{- $provisioning := .config.provisioning | default dict }}
{{- $folders := $provisioning.folders | default list }}
{{- if and .root.Values.datasources (not (has "/etc/perses/datasources" $folders)) }}{{ $folders = append $folders "/etc/perses/datasources" }}{{ end }}
{{- range (include "perseid.artifacts" .root | fromJson).items }}
{{- if not .inFolder }}{{ $folders = append $folders .mountPath }}{{ end }}
{{- end }}
{{- $_ := set .config "provisioning" (mergeOverwrite (omit $provisioning "enable_watch") (dict "folders" $folders)) }}
{{- end }}

{{/* For Perseid: the same as sources, each with a name, releases and a state of its own; and the ConfigMaps it watches. */}}
{{- define "perseid.addDelivery" -}}
{{- $v := .root.Values }}
{{- $delivery := .config.delivery | default dict }}
{{- $sources := $delivery.sources | default list }}
{{- $folders := (.config.provisioning).folders | default list }}
{{- if and $v.datasources (not (has "/etc/perses/datasources" $folders)) }}
{{- $sources = append $sources (dict "name" "datasources" "directory" (dict "path" "/etc/perses/datasources")) }}
{{- end }}
{{- range (include "perseid.artifacts" .root | fromJson).items }}
{{- if or .live (not .inFolder) (eq (clean .inFolder) .mountPath) }}
{{- $sources = append $sources (include "perseid.artifactSource" (dict "root" $.root "artifact" .) | fromJson) }}
{{- end }}
{{- end }}
{{- $cm := include "perseid.configMaps" .root | fromJson }}
{{- if eq $cm.by "server" }}
{{- $configmaps := dict "label" $cm.label "label_value" $cm.labelValue "resources" $cm.resources }}
{{- with $cm.namespaces }}{{ $_ := set $configmaps "namespaces" . }}{{ end }}
{{- $sources = append $sources (dict "name" "configmaps" "configmaps" $configmaps) }}
{{- end }}
{{- with $sources }}{{ $_ := set $delivery "sources" . }}{{ end }}
{{- with $v.configMaps.tenancy }}{{ $_ := set $delivery "tenancy" (concat . ($delivery.tenancy | default list)) }}{{ end }}
{{- if not $v.configMaps.events }}{{ $_ := set $delivery "events" (dict "disable" true) }}{{ end }}
{{- if $v.deliveryToken.existingSecret }}
{{- $_ := set $delivery "api" (mergeOverwrite ($delivery.api | default dict) (dict "token_file" "/etc/perses/delivery-token/token")) }}
{{- end }}
{{- with $delivery }}{{ $_ := set $.config "delivery" . }}{{ end }}
{{- end }}

{{/* The variables that come from the Secret: dict "items" (list of name, value, secret), in JSON. Those of envVars win. */}}
{{- define "perseid.secretEnv" -}}
{{- $main := .Values.secret.name | default .Values.envVarsExternalSecretName | default (include "perseid.fullname" .) }}
{{- $ours := include "perseid.createsSecret" . }}
{{- $moved := include "perseid.named" (dict "root" . "end" "config") }}
{{- $seen := dict }}
{{- $items := list }}
{{- range .Values.envVars }}
{{- $_ := set $seen .name true }}
{{- if hasKey . "valueFrom" }}
{{- $items = append $items . }}
{{- else }}
{{- if and $ours (kindIs "invalid" .value) }}{{ fail (printf "envVars: %s has neither value nor valueFrom, and secret.create is true, so no Secret holds it" .name) }}{{ end }}
{{- $items = append $items (dict "name" .name "value" (toString .value) "secret" $main "ours" (not (not $ours))) }}
{{- end }}
{{- end }}
{{- if not .Values.envVarsExternalSecretName }}
{{- range (include "perseid.providers" . | fromJson).items }}
{{- if and (not (hasKey $seen .name)) (or .value (not $ours)) }}
{{- $_ := set $seen .name true }}
{{- $items = append $items (dict "name" .name "value" .value "secret" $main "ours" (not (not $ours))) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $name, $value := (include "perseid.split" . | fromJson).secrets }}
{{- if not (hasKey $seen $name) }}
{{- $items = append $items (dict "name" $name "value" $value "secret" (ternary $main $moved (not (not $ours))) "ours" true) }}
{{- end }}
{{- end }}
{{- dict "items" $items | toJson }}
{{- end }}

{{- define "perseid.createsSecret" -}}
{{- if and .Values.secret.create (not .Values.envVarsExternalSecretName) }}yes{{ end }}
{{- end }}

{{/* Client IDs and secrets of all providers are variables, given or not, so that an existing Secret can hold them. */}}
{{- define "perseid.providers" -}}
{{- $items := list }}
{{- if ((.Values.config).security).enable_auth }}
{{- $providers := (((.Values.config).security).authentication).providers | default dict }}
{{- range $sort := list "oidc" "oauth" }}
{{- range $i, $p := get $providers $sort | default list }}
{{- $stem := printf "PERSES_SECURITY_AUTHENTICATION_PROVIDERS_%s_%d" (upper $sort) $i }}
{{- $items = concat $items (list
  (dict "name" (printf "%s_CLIENT_ID" $stem) "value" ($p.client_id | default ""))
  (dict "name" (printf "%s_CLIENT_SECRET" $stem) "value" ($p.client_secret | default ""))) }}
{{- end }}
{{- end }}
{{- end }}
{{- dict "items" $items | toJson }}
{{- end }}
