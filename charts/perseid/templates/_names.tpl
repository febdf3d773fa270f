{{/*
Names and labels. They are those of the Perses chart, so that a release can move from one chart to the other in place: selectors of a
StatefulSet cannot be changed, and clients know the name of the Service.
*/}}

{{- define "perseid.name" -}}
{{- default "perses" .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* A release that names Perses or Perseid is the full name by itself. */}}
{{- define "perseid.fullname" -}}
{{- $name := default "perses" .Values.nameOverride }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if or (contains $name .Release.Name) (and (not .Values.nameOverride) (contains "perseid" .Release.Name)) }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* The full name with an ending, within the 63 characters that names of Services and label values may have. */}}
{{- define "perseid.named" -}}
{{- $end := printf "-%s" .end }}
{{- printf "%s%s" (include "perseid.fullname" .root | trunc (int (sub 63 (len $end))) | trimSuffix "-") $end }}
{{- end }}

{{- define "perseid.selectorLabels" -}}
app.kubernetes.io/name: {{ include "perseid.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "perseid.commonLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "perseid.selectorLabels" . }}
app.kubernetes.io/part-of: {{ include "perseid.name" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.additionalLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Labels of an object: dict "root" $ "component" NAME ("labels" MAP). */}}
{{- define "perseid.labels" -}}
{{- $labels := include "perseid.commonLabels" .root | fromYaml }}
{{- $_ := set $labels "app.kubernetes.io/component" .component }}
{{- $_ := set $labels "app.kubernetes.io/version" (include "perseid.version" .root | trunc 63) }}
{{- toYaml (mergeOverwrite $labels (.labels | default dict)) }}
{{- end }}

{{/* Metadata of an object: dict "root" $ "component" NAME ("end" ENDING or "name" NAME) ("namespace" NAMESPACE) ("labels" MAP) ("annotations" MAP). */}}
{{- define "perseid.metadata" -}}
name: {{ .name | default (ternary (include "perseid.named" .) (include "perseid.fullname" .root) (hasKey . "end")) | quote }}
namespace: {{ .namespace | default .root.Release.Namespace }}
labels:
  {{- include "perseid.labels" . | nindent 2 }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "perseid.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "perseid.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{/* What values for the Perses chart may include, in extraObjects and wherever else templates are allowed. */}}
{{- define "perses.name" -}}{{ include "perseid.name" . }}{{- end }}
{{- define "perses.fullname" -}}{{ include "perseid.fullname" . }}{{- end }}
{{- define "perses.labels" -}}{{ include "perseid.commonLabels" . }}{{- end }}
{{- define "perses.selectorLabels" -}}{{ include "perseid.selectorLabels" . }}{{- end }}
{{- define "perses.serviceAccountName" -}}{{ include "perseid.serviceAccountName" . }}{{- end }}
