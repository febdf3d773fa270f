package resource

import "strings"

// The shapes of Secret, GlobalSecret and User (perses.md §1.10, §1.14). Which blocks exclude each other is package validate's.
var (
	secretSpec = &object{fields: []field{
		{name: "basicAuth", shape: &object{fields: []field{
			{name: "username", shape: text, always: true},
			{name: "password", shape: secret(Encrypted)},
			{name: "passwordFile", shape: text},
		}}},
		{name: "authorization", shape: &object{fields: []field{
			{name: "type", shape: trimmed, always: true, preset: "Bearer"},
			{name: "credentials", shape: secret(Encrypted)},
			{name: "credentialsFile", shape: text},
		}}},
		{name: "oauth", shape: oauth},
		{name: "tlsConfig", shape: tlsConfig},
	}}

	oauth = &object{fields: []field{
		{name: "clientID", shape: secret(Encrypted), always: true},
		{name: "clientSecret", shape: secret(Encrypted), always: true},
		{name: "clientSecretFile", shape: text, always: true},
		{name: "tokenURL", shape: address, always: true},
		{name: "scopes", shape: texts, always: true},
		{name: "endpointParams", shape: &mapping{of: texts}, always: true},
		{name: "authStyle", shape: integer, always: true},
	}}

	tlsConfig = &object{fields: []field{
		{name: "ca", shape: secret(MaskedOnly)},
		{name: "cert", shape: secret(MaskedOnly)},
		{name: "key", shape: secret(Encrypted)},
		{name: "caFile", shape: text},
		{name: "certFile", shape: text},
		{name: "keyFile", shape: text},
		{name: "serverName", shape: text},
		{name: "insecureSkipVerify", shape: boolean, always: true},
		{name: "minVersion", shape: tlsVersion},
		{name: "maxVersion", shape: tlsVersion},
	}}

	tlsVersion = enum("unknown TLS version %q used", "TLS10", "TLS11", "TLS12", "TLS13")

	trimmed = textOf("a string", func(s string) (string, error) { return strings.TrimSpace(s), nil })

	userSpec = &object{fields: []field{
		{name: "firstName", shape: text},
		{name: "lastName", shape: text},
		{name: "nativeProvider", shape: &object{fields: []field{
			{name: "password", shape: secret(Hashed)},
		}}},
		{name: "oauthProviders", shape: &list{of: &object{fields: []field{
			{name: "issuer", shape: text},
			{name: "email", shape: text},
			{name: "subject", shape: text},
		}}}},
	}}
)
