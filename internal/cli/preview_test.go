package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/delivery"
)

func TestPreviewLines(t *testing.T) {
	var many []delivery.FieldChange
	for i := range maxShownFields + 2 {
		many = append(many, delivery.FieldChange{Path: fmt.Sprintf("spec.x%d", i)})
	}
	for name, c := range map[string]struct {
		changes []delivery.Change
		want    string
	}{
		"nothing": {nil, "nothing would change\n"},
		"each": {[]delivery.Change{
			{Action: "created", Kind: "Project", Name: "demo"},
			{Action: "updated", Kind: "Dashboard", Project: "demo", Name: "cpu", Fields: []delivery.FieldChange{
				{Path: "spec.duration", Before: `"1h"`, After: `"2h"`}, {Path: "spec.a", Before: "1"}, {Path: "spec.b", After: "\"\x1b[31m\""},
			}},
			{Action: "deleted", Kind: "Dashboard", Project: "demo", Name: "old"},
			{Action: "deleted", Kind: "Dashboard", Project: "demo", Name: "older"},
		}, `created  project demo
updated  dashboard demo/cpu
  spec.duration
    - "1h"
    + "2h"
  spec.a
    - 1
  spec.b
    + ".[31m"
deleted  dashboard demo/old
deleted  dashboard demo/older
1 created, 1 updated, 2 deleted
`},
		"many fields": {[]delivery.Change{{Action: "updated", Kind: "Project", Name: "p", Fields: many}}, "  … and 2 more fields\n1 updated\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			previewLines(&b, false, delivery.Preview{Changes: c.changes})
			got := b.String()
			if i := strings.Index(got, "  …"); i > 0 {
				got = got[i:]
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
