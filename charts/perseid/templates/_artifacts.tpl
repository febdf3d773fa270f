{{/*
ociArtifacts, an object or a list, as a list in which everything is decided: name, live, reference, mountPath, inFolder (the provisioning
folder that mountPath is or lies in), and what was given. Used as: (include "perseid.artifacts" . | fromJson).items
*/}}
{{- define "perseid.artifacts" -}}
{{- $given := .Values.ociArtifacts | default list }}
{{- if kindIs "map" $given }}{{ $given = list $given }}{{ end }}
{{- $items := list }}
{{- range $index, $a := $given }}
{{- $at := printf "ociArtifacts[%d]" $index }}
{{- if not ($a.image).reference }}{{ fail (printf "%s has no image.reference: write one, as in registry.example.com/team/boards:v1.0.0" $at) }}{{ end }}
{{- $name := include "perseid.artifactName" $a }}
{{- if not (regexMatch "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$" $name) }}
{{- fail (printf "%s: %q cannot name a volume: set name to at most 63 lower-case letters, digits and dashes" $at $name) }}
{{- end }}
{{- $live := eq ($a.mode | default $.Values.ociArtifactsMode) "live" }}
{{- $path := $a.mountPath | default (printf "/etc/perses/artifacts/%s" $name) | clean }}
{{- $folder := "" }}
{{- range (($.Values.config).provisioning).folders }}
{{- if hasPrefix (printf "%s/" (clean .)) (printf "%s/" $path) }}{{ $folder = . }}{{ end }}
{{- end }}
{{- $items = append $items (dict "at" $at "name" $name "live" $live "reference" (include "perseid.artifactReference" (dict "at" $at "image" $a.image))
  "mountPath" $path "inFolder" $folder "given" $a) }}
{{- end }}
{{- dict "items" $items | toJson }}
{{- end }}

{{/* The name that was given, or else the last part of the repository. */}}
{{- define "perseid.artifactName" -}}
{{- if .name }}{{ .name }}{{ else }}
{{- $repository := regexReplaceAll "(:[^/:]*)?(@.*)?$" (toString .image.reference) "" | base }}
{{- regexReplaceAll "[^a-z0-9]+" (lower $repository) "-" | trunc 63 | trimAll "-" }}
{{- end }}
{{- end }}

{{- define "perseid.artifactReference" -}}
{{- if .image.digest }}
{{- if contains "@" .image.reference }}{{ fail (printf "%s.image: the reference has a digest already; remove it, or image.digest" .at) }}{{ end }}
{{- printf "%s@%s" .image.reference .image.digest }}
{{- else }}
{{- .image.reference }}
{{- end }}
{{- end }}

{{/* Where files of an artifact that is pulled live are mounted. */}}
{{- define "perseid.registryPath" -}}/etc/perses/registry/{{ .name }}{{- end }}

{{/* The pull secret of an artifact that is pulled live: its own, or the first of the pod, with which the kubelet would mount it. */}}
{{- define "perseid.pullSecret" -}}
{{- $own := .artifact.given.pullSecret }}
{{- if $own }}{{ $own }}{{ else if .root.Values.imagePullSecrets }}{{ (first .root.Values.imagePullSecrets).name }}{{ end }}
{{- end }}

{{/* An artifact as an entry of delivery.sources, in JSON; nothing if a provisioning folder reads it along with other files. */}}
{{- define "perseid.artifactSource" -}}
{{- $a := .artifact }}
{{- $given := $a.given }}
{{- $source := dict "name" $a.name }}
{{- if $a.live }}
{{- $artifact := dict "reference" $a.reference }}
{{- with $given.version }}{{ $_ := set $artifact "version" . }}{{ end }}
{{- with $given.subPath }}{{ $_ := set $artifact "path" . }}{{ end }}
{{- with $given.insecure }}{{ $_ := set $artifact "insecure" . }}{{ end }}
{{- if include "perseid.pullSecret" . }}{{ $_ := set $artifact "credentials" (printf "%s/config.json" (include "perseid.registryPath" $a)) }}{{ end }}
{{- if $given.caSecret }}{{ $_ := set $artifact "ca_file" (printf "%s/ca.crt" (include "perseid.registryPath" $a)) }}{{ end }}
{{- with ($given.verify).keys }}
{{- $files := list }}
{{- range $i, $key := . }}{{ $files = append $files (printf "/etc/perses/keys/%s-%d.pub" $a.name $i) }}{{ end }}
{{- $_ := set $artifact "verify" (dict "keys" $files "required" (ternary $given.verify.required true (hasKey $given.verify "required"))) }}
{{- end }}
{{- $_ := set $source "artifact" $artifact }}
{{- else }}
{{- $_ := set $source "directory" (dict "path" $a.mountPath) }}
{{- end }}
{{- range $key, $setting := dict "interval" "interval" "priority" "priority" "pin" "pin" "onInvalid" "on_invalid" "requireIndex" "require_index" }}
{{- if hasKey $given $key }}{{ $_ := set $source $setting (get $given $key) }}{{ end }}
{{- end }}
{{- toJson $source }}
{{- end }}
