package input

import (
	"bytes"
	"testing"

	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/validate"
)

// TestSize holds the generator to the size it promises, in bytes.
func TestSize(t *testing.T) {
	for format, want := range map[string]int{"yaml": 40_000, "json": 20_000} {
		total := 0
		const n = 200
		for i := range n {
			data, err := Encode(Dashboard(i), format)
			if err != nil {
				t.Fatal(err)
			}
			total += len(data)
		}
		if mean := total / n; mean < want*9/10 || mean > want*11/10 {
			t.Errorf("%s: %d bytes on average, expected about %d", format, mean, want)
		}
	}
}

func TestSameEveryTime(t *testing.T) {
	for _, format := range []string{"yaml", "json"} {
		a, errA := Encode(Dashboard(7), format)
		b, errB := Encode(Dashboard(7), format)
		other, errOther := Encode(Dashboard(8), format)
		if errA != nil || errB != nil || errOther != nil {
			t.Fatal(errA, errB, errOther)
		}
		if !bytes.Equal(a, b) || bytes.Equal(a, other) {
			t.Errorf("%s: dashboard 7 must be the same twice, and differ from 8", format)
		}
	}
}

// TestAccepted decodes what is generated as the server does: nothing may be wrong with it, and both formats mean the same.
func TestAccepted(t *testing.T) {
	for i := range 20 {
		hashes := map[string][32]byte{}
		for format, f := range map[string]resource.Format{"yaml": resource.YAML, "json": resource.JSON} {
			data, err := Encode(Dashboard(i), format)
			if err != nil {
				t.Fatal(err)
			}
			documents, problems := resource.Decode(data, f)
			if len(documents) != 1 || len(problems) > 0 || len(documents[0].Problems) > 0 {
				t.Fatalf("%s %s: %v %v", Name(i), format, problems, documents)
			}
			facts, problems := validate.Inspect(documents[0].Resource)
			if len(problems) > 0 || len(facts.Uses) > 0 {
				t.Errorf("%s %s: %v, uses %v", Name(i), format, problems, facts.Uses)
			}
			hashes[format] = documents[0].Resource.Hash(nil)
		}
		if hashes["yaml"] != hashes["json"] {
			t.Errorf("%s: yaml and json hash differently", Name(i))
		}
	}
}

func TestNamesAreUnique(t *testing.T) {
	seen := map[string]int{}
	for i := range 10_000 {
		if before, twice := seen[Name(i)]; twice {
			t.Fatalf("%d and %d are both named %s", before, i, Name(i))
		}
		seen[Name(i)] = i
	}
}
