package main

import (
	"fmt"

	"github.com/perseid-dev/perseid/images/image"
)

// The users of the images, by number: Kubernetes verifies runAsNonRoot only by numbers.
const (
	persesUser  = 65532 // that of Perses' image, to whom the files of its databases belong
	sidecarUser = 65534 // that of k8s-sidecar's image
)

// path is where shells that are mounted in, and kubectl exec, look for programs.
const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// product is one image: a program, what lies beside it, and how it runs.
type product struct {
	name    string // of the program and of the image
	title   string
	about   string
	entries func() ([]image.Entry, error) // beside the program
	run     image.Run
}

// products are the images there are.
var products = []product{
	{
		name: "perseid", title: "Perseid", about: "Perses resources as code: a Perses-compatible server that follows what was declared",
		entries: serverEntries,
		// Arguments follow "perseid serve", so that those which the chart of Perses writes work as they are. The file that serves where
		// none is named is an environment variable and no argument, since arguments of a pod take the place of the image's.
		run: image.Run{
			User: user(persesUser), WorkingDir: "/perses", Entrypoint: []string{"/usr/bin/perseid", "serve"},
			Env:          []string{path, "PERSEID_CONFIG=/etc/perses/config.yaml"},
			ExposedPorts: map[string]struct{}{"8080/tcp": {}}, Volumes: map[string]struct{}{"/perses": {}},
		},
	},
	{
		name: "perseid-sidecar", title: "Perseid sidecar", about: "Labelled ConfigMaps and Secrets as files, in the place of k8s-sidecar",
		entries: func() ([]image.Entry, error) { return nil, nil },
		run: image.Run{
			User: user(sidecarUser), WorkingDir: "/", Entrypoint: []string{"/usr/bin/perseid-sidecar"}, Env: []string{path},
			ExposedPorts: map[string]struct{}{"8080/tcp": {}},
		},
	},
}

func user(n int) string { return fmt.Sprintf("%d:%d", n, n) }

// serverEntries are the places where Perses' image and chart put things.
func serverEntries() ([]image.Entry, error) {
	config, err := root.ReadFile("root/etc/perses/config.yaml")
	return []image.Entry{
		image.Directory("perses", persesUser),
		image.File("etc/perses/config.yaml", config),
		image.Directory("etc/perses/plugins", 0),
		image.Directory("etc/perses/provisioning", 0),
	}, err
}
