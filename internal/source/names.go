package source

import (
	"path"
	"strings"

	"github.com/perseid-dev/perseid/internal/atomicfile"
)

// IsDocument says whether a file of this name is listed: .json, .yaml or .yml, exact case. An index (DELIVERY R38) is not.
func IsDocument(name string) bool {
	switch path.Ext(name) {
	case ".json", ".yaml", ".yml":
		return !IsPassedOver(path.Base(name))
	}
	return false
}

// IsPassedOver says whether a name in a directory is passed over, whatever it is: what Kubernetes keeps behind its links, editors' locks,
// version control, our own files, and what is being staged.
func IsPassedOver(name string) bool {
	return strings.HasPrefix(name, "..") || strings.HasPrefix(name, ".#") || name == ".git" || name == ".perseid" ||
		atomicfile.IsStaged(name)
}
