{{/*
perseid-resources.configMaps renders every document in the files of the calling chart as an object: a ConfigMap, or a Secret where the
document is of a kind that holds secrets.

  {{ include "perseid-resources.configMaps" . }}

Options are the values under the name of the dependency. With an alias, or for several directories, they are handed over; what they leave
out has its default:

  {{ include "perseid-resources.configMaps" (dict "context" . "options" (dict "directory" "boards" "prefix" "shop")) }}

Names are those of "perseid configmaps": see docs/configmaps.md. Bytes are never rewritten, since Helm's own reading of YAML changes some
(a key y becomes true): a document stays JSON or YAML as it is, and its key says which. A list of documents stays one object.
*/}}
{{- define "perseid-resources.configMaps" -}}
{{- $root := .context | default . }}
{{- $defaults := dict "directory" "files" "prefix" "" "label" "perses.dev/resource" "labelValue" "true" "maxTotal" 4194304 }}
{{- $given := .options | default (index $root.Values "perseid-resources") | default dict }}
{{- $options := mergeOverwrite $defaults (deepCopy $given) }}
{{- $found := include "perseid-resources.documents" (dict "root" $root "options" $options) | fromJson }}
{{- if $found.problems }}{{ fail (printf "\n%s" (join "\n" $found.problems)) }}{{ end }}
{{- range $d := $found.documents }}
---
# {{ $d.path | quote }}{{ if $d.index }} (document {{ add $d.index 1 }}){{ end }}
apiVersion: v1
kind: {{ ternary "Secret" "ConfigMap" $d.secret }}
metadata:
  name: {{ $d.name }}
  namespace: {{ $options.namespace | default $root.Release.Namespace }}
  labels:
    {{- $own := dict $options.label (toString $options.labelValue) "app.kubernetes.io/managed-by" $root.Release.Service "app.kubernetes.io/instance" $root.Release.Name }}
    {{- toYaml (mergeOverwrite (deepCopy ($options.labels | default dict)) $own) | nindent 4 }}
  {{- $annotations := deepCopy ($options.annotations | default dict) }}
  {{- with $options.project }}{{ $_ := set $annotations "perseid.dev/project" . }}{{ end }}
  {{- with $annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- if $d.secret }}
type: Opaque
{{- end }}
{{ ternary "stringData" "data" $d.secret }}:
  {{- toYaml (dict $d.key $d.text) | nindent 2 }}
{{- end }}
{{- end }}

{{/* dict "documents" (path index name key text secret) "problems" (texts), in JSON. */}}
{{- define "perseid-resources.documents" -}}
{{- $o := .options }}
{{- $state := dict "documents" list "problems" list "total" 0 "options" $o }}
{{- $prefix := printf "%s/" (trimSuffix "/" $o.directory) }}
{{- range $file, $_ := .root.Files.Glob (printf "%s**" $prefix) }}
{{- $path := trimPrefix $prefix $file }}
{{- if and (regexMatch "\\.(json|yaml|yml)$" $path) (not (regexMatch "(^|/)(\\.git|\\.perseid|\\.\\.[^/]*)(/|$)" $path)) }}
{{- include "perseid-resources.file" (dict "state" $state "path" $path "text" ($.root.Files.Get $file | trimPrefix "\ufeff")) }}
{{- end }}
{{- end }}
{{- if and $o.maxTotal (gt (int $state.total) (int $o.maxTotal)) }}
{{- $why := printf "%d bytes in %s, more than maxTotal (%d): Helm keeps a release, these files twice, in one Secret of 1 MiB, compressed. Divide them into several charts, or deliver them as an OCI artifact" (int $state.total) $prefix (int $o.maxTotal) }}
{{- $_ := set $state "problems" (append $state.problems $why) }}
{{- end }}
{{- if not (or $state.documents $state.problems) }}
{{- $_ := set $state "problems" (list (printf "%s holds no .json, .yaml or .yml file with a resource: is it in the chart, and not in .helmignore?" $prefix)) }}
{{- end }}
{{- toJson (pick $state "documents" "problems") }}
{{- end }}

{{/* Adds the documents of a file to the state, and what is wrong with them to its problems. It prints nothing. */}}
{{- define "perseid-resources.file" -}}
{{- $in := . }}
{{- $json := hasSuffix ".json" .path }}
{{- $parts := list .text }}
{{- if not $json }}{{ $parts = regexSplit "(?m)^---(?:[ \\t]|\\r?$)" .text -1 }}{{ end }}
{{- $index := 0 }}
{{- range $text := $parts }}
{{- $first := dict }}
{{- $read := ternary ($text | fromJson) ($text | fromYaml) $json }}
{{- $count := 1 }}
{{- $wrong := "" }}
{{- if hasKey $read "Error" }}
{{- $list := ternary ($text | fromJsonArray) ($text | fromYamlArray) $json }}
{{- if and $list (kindIs "map" (first $list)) }}
{{- $count = len $list }}
{{- $read = dict }}
{{- range $list }}{{ $read = ternary . $read (or (not $read) (has (dig "kind" "" .) (list "Secret" "GlobalSecret" "User"))) }}{{ end }}
{{- else }}
{{- $wrong = printf "cannot be read: %s" $read.Error }}
{{- end }}
{{- else if not $read }}
{{- $count = 0 }}
{{- end }}
{{- if and $count (not $wrong) (not $read.kind) }}{{ $wrong = "is no resource: it has no kind" }}{{ end }}
{{- $size := len $text }}
{{- if gt $size 1048576 }}{{ $wrong = printf "has %d bytes, and an object takes 1048576: divide it, or write it with perseid configmaps --gzip" $size }}{{ end }}
{{- if $wrong }}
{{- $_ := set $in.state "problems" (append $in.state.problems (printf "%s: %s" (include "perseid-resources.place" (dict "path" $in.path "index" $index)) $wrong)) }}
{{- else if $count }}
{{- $name := include "perseid-resources.name" (dict "prefix" $in.state.options.prefix "path" $in.path "index" $index) }}
{{- $document := dict "path" $in.path "index" $index "name" $name "key" (printf "%s.%s" $name (ternary "json" "yaml" $json)) "text" $text
  "secret" (has $read.kind (list "Secret" "GlobalSecret" "User")) }}
{{- $_ := set $in.state "documents" (append $in.state.documents $document) }}
{{- $_ := set $in.state "total" (add $in.state.total $size) }}
{{- end }}
{{- $index = add $index $count }}
{{- end }}
{{- if not $index }}
{{- $_ := set $in.state "problems" (append $in.state.problems (printf "%s: holds no document" $in.path)) }}
{{- end }}
{{- end }}

{{/* The name of an object, from where its document is: see docs/configmaps.md. */}}
{{- define "perseid-resources.name" -}}
{{- $address := .path }}
{{- with .prefix }}{{ $address = printf "%s/%s" . $address }}{{ end }}
{{- $slug := regexReplaceAll "\\.(json|yaml|yml)$" $address "" }}
{{- if .index }}
{{- $address = printf "%s#%d" $address (int .index) }}
{{- $slug = printf "%s-%d" $slug (int .index) }}
{{- end }}
{{- $slug = regexReplaceAll "[^a-z0-9]+" (lower $slug) "-" | trimAll "-" | trunc 180 | trimSuffix "-" | default "resource" }}
{{- printf "%s-%s" $slug (sha256sum $address | trunc 8) }}
{{- end }}

{{- define "perseid-resources.place" -}}
{{ .path }}{{ if .index }} (document {{ add .index 1 }}){{ end }}
{{- end }}
