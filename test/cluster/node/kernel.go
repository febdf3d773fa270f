package node

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// tunables are settings of the kernel, below /proc/sys, that a kubelet changes for the whole machine unless they are as it wants them.
var tunables = map[string]string{
	"vm/overcommit_memory":      "1",
	"vm/panic_on_oom":           "0",
	"kernel/panic":              "10",
	"kernel/panic_on_oops":      "1",
	"kernel/keys/root_maxkeys":  "1000000",
	"kernel/keys/root_maxbytes": "25000000",
}

// pretend lays files with the values that the kubelet wants over the settings, in our mounts alone, so that it changes nothing.
func pretend() error {
	for name, value := range tunables {
		file := filepath.Join("/run/tunables", strings.ReplaceAll(name, "/", "."))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(value+"\n"), 0o644); err != nil {
			return err
		}
		if err := syscall.Mount(file, "/proc/sys/"+name, "", syscall.MS_BIND, ""); err != nil {
			return fmt.Errorf("cover /proc/sys/%s: %w", name, err)
		}
	}
	return nil
}
