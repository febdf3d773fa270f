package mirror

import (
	"fmt"
	"testing"

	"github.com/perseid-dev/perseid/internal/source"
)

// BenchmarkOneOfThousand is what one changed file costs among a thousand.
func BenchmarkOneOfThousand(b *testing.B) {
	m, err := Open(Options{Root: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	claims := make([]Claim, 1000)
	put := func(i int, text string) {
		data := []byte(text)
		name := fmt.Sprintf("dashboard-%04d", i)
		claims[i] = Claim{m.o.Root + "/" + name + ".json", source.File{Origin: "ns/configmap/" + name + ":" + name + ".json",
			Digest: source.DigestOf(data), Size: int64(len(data)), Object: source.Object{Kind: "configmap", Namespace: "ns", Name: name}}}
		if err := m.Put(claims[i].File.Digest, data, false); err != nil {
			b.Fatal(err)
		}
	}
	for i := range claims {
		put(i, fmt.Sprint(i))
	}
	m.Apply(Wanted{Claims: claims})
	for n := 0; b.Loop(); n++ {
		put(n%1000, fmt.Sprint("version ", n))
		if r := m.Apply(Wanted{Claims: claims}); len(r.Changes) != 1 {
			b.Fatal(r)
		}
	}
}
