package desired

import (
	"fmt"
	"testing"
)

// A build of what is served already, as every edit of one file among many brings.
func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := newWorld().source("dir").file("demo.json", project("demo")).serves(project("demo").ID, "dir", "demo.json", "demo")
			src := &w.in.Sources[0]
			for i := range n {
				name := fmt.Sprintf("d%05d", i)
				one := newWorld().source("dir").file(name+".json", dash("demo", name, name))
				for k, c := range one.contents {
					w.contents[k] = c
				}
				src.Files = append(src.Files, one.in.Sources[0].Files...)
				w.serves(dashID("demo", name), "dir", name+".json", name)
			}
			b.ReportAllocs()
			for b.Loop() {
				if set := Build(w.in); len(set.Winners) != n+1 {
					b.Fatalf("%d winners", len(set.Winners))
				}
			}
		})
	}
}
