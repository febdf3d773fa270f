module github.com/perseid-dev/perseid/test/interop

go 1.26.0

require (
	github.com/google/go-containerregistry v0.21.9
	github.com/perseid-dev/perseid v0.0.0
)

replace github.com/perseid-dev/perseid => ../..
