module github.com/perseid-dev/perseid/test/cluster

go 1.26.0

replace (
	github.com/perseid-dev/perseid => ../..
	github.com/perseid-dev/perseid/test/kubernetes => ../kubernetes
)

require (
	github.com/google/go-cmp v0.7.0
	github.com/perseid-dev/perseid v0.0.0-00010101000000-000000000000
	github.com/perseid-dev/perseid/test/kubernetes v0.0.0-00010101000000-000000000000
	golang.org/x/net v0.60.0
)

require (
	github.com/Masterminds/semver/v3 v3.5.0 // indirect
	github.com/go-json-experiment/json v0.0.0-20260820222146-c27c302e5fc3 // indirect
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/opencontainers/go-digest v1.0.0 // indirect
	github.com/opencontainers/image-spec v1.1.1 // indirect
	github.com/secure-systems-lab/go-securesystemslib v0.9.1 // indirect
	go.yaml.in/yaml/v3 v3.0.6 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	oras.land/oras-go/v2 v2.6.4 // indirect
)
