{{/*
Volumes and mounts, made in one place so that collisions are refused here and not by the API server, or by nobody:
dict "volumes" LIST "server" MOUNTS "sidecar" MOUNTS. Used as: include "perseid.volumes" . | fromJson
*/}}
{{- define "perseid.volumes" -}}
{{- $v := .Values }}
{{- $all := dict "volumes" list "server" list "sidecar" list }}
{{- if $v.volumes }}{{ $_ := set $all "volumes" (tpl (toYaml $v.volumes) . | fromYamlArray) }}{{ end }}
{{- if $v.volumeMounts }}{{ $_ := set $all "server" (tpl (toYaml $v.volumeMounts) . | fromYamlArray) }}{{ end }}
{{- include "perseid.artifactVolumes" (dict "root" . "all" $all) }}
{{- include "perseid.add" (dict "all" $all "path" "/etc/perses/config" "readOnly" true "volume" (dict "name" "config" "configMap" (dict "name" (include "perseid.fullname" .)))) }}
{{- include "perseid.dataVolumes" (dict "root" . "all" $all) }}
{{- if $v.datasources }}
{{- include "perseid.add" (dict "all" $all "path" "/etc/perses/datasources" "volume" (dict "name" "datasources" "configMap" (dict "name" (include "perseid.named" (dict "root" . "end" "datasources"))))) }}
{{- end }}
{{- include "perseid.provisioningVolume" (dict "root" . "all" $all) }}
{{- include "perseid.add" (dict "all" $all "path" ((($v.config).plugin).path | default "/etc/perses/plugins") "volume" (dict "name" "plugins" "emptyDir" dict)) }}
{{- include "perseid.secretVolumes" (dict "root" . "all" $all) }}
{{- include "perseid.tokenVolume" (dict "root" . "all" $all) }}
{{- include "perseid.refuseCollisions" (dict "all" $all) }}
{{- toJson $all }}
{{- end }}

{{/* Adds a volume, and a mount of it in the server: dict "all" "volume" "path" ("subPath") ("readOnly"). It prints nothing. */}}
{{- define "perseid.add" -}}
{{- $mount := dict "name" .volume.name "mountPath" .path }}
{{- with .subPath }}{{ $_ := set $mount "subPath" . }}{{ end }}
{{- with .readOnly }}{{ $_ := set $mount "readOnly" true }}{{ end }}
{{- $_ := set .all "server" (append .all.server $mount) }}
{{- $_ := set .all "volumes" (append .all.volumes .volume) }}
{{- end }}

{{- define "perseid.artifactVolumes" -}}
{{- $keys := false }}
{{- range (include "perseid.artifacts" .root | fromJson).items }}
{{- if not .live }}
{{- $image := dict "reference" .reference }}
{{- with .given.image.pullPolicy }}{{ $_ := set $image "pullPolicy" . }}{{ end }}
{{- include "perseid.add" (dict "all" $.all "path" .mountPath "subPath" .given.subPath "volume" (dict "name" .name "image" $image)) }}
{{- else }}
{{- $files := list }}
{{- with include "perseid.pullSecret" (dict "root" $.root "artifact" .) }}
{{- $files = append $files (dict "secret" (dict "name" . "items" (list (dict "key" ".dockerconfigjson" "path" "config.json")))) }}
{{- end }}
{{- with .given.caSecret }}
{{- $files = append $files (dict "secret" (dict "name" . "items" (list (dict "key" "ca.crt" "path" "ca.crt")))) }}
{{- end }}
{{- if $files }}
{{- include "perseid.add" (dict "all" $.all "path" (include "perseid.registryPath" .) "readOnly" true
  "volume" (dict "name" (printf "registry-%s" .name | trunc 63 | trimSuffix "-") "projected" (dict "sources" $files))) }}
{{- end }}
{{- if (.given.verify).keys }}{{ $keys = true }}{{ end }}
{{- end }}
{{- end }}
{{- if $keys }}
{{- include "perseid.add" (dict "all" .all "path" "/etc/perses/keys" "readOnly" true "volume" (dict "name" "keys" "configMap" (dict "name" (include "perseid.named" (dict "root" .root "end" "keys"))))) }}
{{- end }}
{{- end }}

{{- define "perseid.dataVolumes" -}}
{{- $v := .root.Values }}
{{- if not (include "perseid.stateful" .root) }}
{{- include "perseid.add" (dict "all" .all "path" "/etc/perses/storage" "volume" (dict "name" "storage" "emptyDir" dict)) }}
{{- else }}
{{- $data := dict "name" "data" "emptyDir" dict }}
{{- if $v.persistence.enabled }}
{{- $data = dict "name" "data" "persistentVolumeClaim" (dict "claimName" ($v.persistence.existingClaim | default (include "perseid.fullname" .root))) }}
{{- end }}
{{- include "perseid.add" (dict "all" .all "path" ((($v.config).database).file).folder "volume" $data) }}
{{- end }}
{{- end }}

{{/* The volume that a sidecar writes and the server reads. In a StatefulSet a persistent one comes from a claim template. */}}
{{- define "perseid.provisioningVolume" -}}
{{- $v := .root.Values }}
{{- $sidecar := include "perseid.hasSidecar" .root }}
{{- if or $sidecar $v.provisioningPersistence.enabled }}
{{- $mount := dict "name" "provisioning" "mountPath" (include "perseid.provisioningFolder" .root) }}
{{- $_ := set .all "server" (append .all.server $mount) }}
{{- if $sidecar }}{{ $_ := set .all "sidecar" (append .all.sidecar $mount) }}{{ end }}
{{- if not $v.provisioningPersistence.enabled }}
{{- $_ := set .all "volumes" (append .all.volumes (dict "name" "provisioning" "emptyDir" dict)) }}
{{- else if not (include "perseid.stateful" .root) }}
{{- $claim := include "perseid.named" (dict "root" .root "end" "provisioning") }}
{{- $_ := set .all "volumes" (append .all.volumes (dict "name" "provisioning" "persistentVolumeClaim" (dict "claimName" $claim))) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "perseid.secretVolumes" -}}
{{- $v := .root.Values }}
{{- $default := include "perseid.named" (dict "root" .root "end" "tls") }}
{{- if $v.tls.enabled }}
{{- range $name, $tls := dict "ca-cert" $v.tls.caCert "client-cert" $v.tls.clientCert }}
{{- if $tls.enabled }}
{{- include "perseid.add" (dict "all" $.all "path" $tls.mountPath "readOnly" true "volume" (dict "name" $name "secret" (dict "secretName" ($tls.secretName | default $default)))) }}
{{- end }}
{{- end }}
{{- end }}
{{- with $v.webTLS.secretName }}
{{- include "perseid.add" (dict "all" $.all "path" "/etc/perses/web-tls" "readOnly" true "volume" (dict "name" "web-tls" "secret" (dict "secretName" .))) }}
{{- end }}
{{- range $name, $secret := dict "encryption-key" (dict "from" $v.encryptionKey "file" "key") "delivery-token" (dict "from" $v.deliveryToken "file" "token") }}
{{- if $secret.from.existingSecret }}
{{- $items := list (dict "key" $secret.from.key "path" $secret.file) }}
{{- include "perseid.add" (dict "all" $.all "path" (printf "/etc/perses/%s" $name) "readOnly" true
  "volume" (dict "name" $name "secret" (dict "secretName" $secret.from.existingSecret "items" $items))) }}
{{- end }}
{{- end }}
{{- end }}

{{/* The token of the ServiceAccount, mounted only where it is used: every other container has none that could leak. */}}
{{- define "perseid.tokenVolume" -}}
{{- $server := include "perseid.serverToken" .root }}
{{- $sidecar := include "perseid.hasSidecar" .root }}
{{- if and (or $server $sidecar) (not .root.Values.serviceAccount.automountToken) }}
{{- $mount := dict "name" "kube-api-access" "mountPath" "/var/run/secrets/kubernetes.io/serviceaccount" "readOnly" true }}
{{- if $server }}{{ $_ := set .all "server" (append .all.server $mount) }}{{ end }}
{{- if $sidecar }}{{ $_ := set .all "sidecar" (append .all.sidecar $mount) }}{{ end }}
{{- $sources := list
  (dict "serviceAccountToken" (dict "path" "token" "expirationSeconds" 3607))
  (dict "configMap" (dict "name" "kube-root-ca.crt" "items" (list (dict "key" "ca.crt" "path" "ca.crt"))))
  (dict "downwardAPI" (dict "items" (list (dict "path" "namespace" "fieldRef" (dict "apiVersion" "v1" "fieldPath" "metadata.namespace"))))) }}
{{- $_ := set .all "volumes" (append .all.volumes (dict "name" "kube-api-access" "projected" (dict "sources" $sources))) }}
{{- end }}
{{- end }}

{{- define "perseid.refuseCollisions" -}}
{{- $paths := dict }}
{{- range .all.server }}
{{- $path := clean (toString .mountPath) }}
{{- if hasKey $paths $path }}
{{- $other := get $paths $path }}
{{- fail (printf "two volumes are mounted at %s: %s and %s. %s" $path $other .name (include "perseid.mountAdvice" (dict "names" (list $other .name)))) }}
{{- end }}
{{- $_ := set $paths $path .name }}
{{- end }}
{{- $names := dict }}
{{- range .all.volumes }}
{{- if hasKey $names .name }}{{ fail (printf "two volumes are named %s: choose another name for the one in ociArtifacts, or in volumes" .name) }}{{ end }}
{{- $_ := set $names .name true }}
{{- end }}
{{- end }}

{{- define "perseid.mountAdvice" -}}
{{- if has "provisioning" .names -}}
The sidecar, or provisioningPersistence, fills the first of config.provisioning.folders. Remove mountPath from ociArtifacts, so that the artifact has a directory of its own
{{- else -}}
Give one of them another mountPath
{{- end }}
{{- end }}
