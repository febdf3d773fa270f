package validate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/problem"
)

func query(name, expr string) string {
	return `{"kind":"ListVariable","spec":{"name":"` + name + `","plugin":{"kind":"K","spec":{"deep":[{"$key":1,"expr":"` + expr + `"}]}}}}`
}

func TestUses(t *testing.T) {
	tests := []struct {
		name, spec string
		want       []Use
	}{
		{"none", variables(text("a", "x")), nil},
		{"numbers and built-in names", variables(text("a", "$1 $__rate_interval $$ $")), nil},
		{"in braces", variables(text("a", "${b}")), nil},
		{"defined after", variables(text("a", "$b"), text("b", "")), nil},
		{"case counts", variables(text("a", "$B"), text("b", "")), []Use{{"B", "a", "spec.variables[0].spec.value"}}},
		{"inside a plugin", variables(text("a", ""), query("b", "up{x=~'$c|$a'}")), []Use{{"c", "b", "spec.variables[1].spec.plugin.spec.deep[0].expr"}}},
		{"by two", variables(text("a", "$x"), text("b", "$x.$x")), []Use{
			{"x", "a", "spec.variables[0].spec.value"}, {"x", "b", "spec.variables[1].spec.value"},
		}},
		{"queries of panels do not count", `{"panels":{"p":{"kind":"Panel","spec":{"plugin":{"kind":"M","spec":{"text":"$x"}}}}}}`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			facts, list := Inspect(decode(t, "Dashboard", test.spec))
			wantProblems(t, list, nil)
			if diff := cmp.Diff(test.want, facts.Uses); diff != "" {
				t.Errorf("uses (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCycles(t *testing.T) {
	tests := []struct {
		name, spec string
		hints      []string
	}{
		{"chain", variables(text("a", "$b"), text("b", "$c"), text("c", "")), nil},
		{"diamond", variables(text("a", "$b $c"), text("b", "$d"), text("c", "$d"), text("d", "")), nil},
		{"itself", variables(text("a", "$a")), []string{"spec.variables[0].spec.name: a uses a"}},
		{"two", variables(query("a", "$b"), text("b", "$a")), []string{"spec.variables[0].spec.name: a uses b uses a"}},
		{"behind a chain", variables(text("x", "$a"), text("a", "$b"), text("b", "$a")), []string{"spec.variables[1].spec.name: a uses b uses a"}},
		{"two apart", variables(text("a", "$a"), text("b", "$c"), text("c", "$b")), []string{
			"spec.variables[0].spec.name: a uses a", "spec.variables[1].spec.name: b uses c uses b",
		}},
		{"one behind the other", variables(text("a", "$c $b"), text("b", "$a"), text("c", "$d"), text("d", "$c")), []string{
			"spec.variables[2].spec.name: c uses d uses c", "spec.variables[0].spec.name: a uses b uses a",
		}},
		{"two through one", variables(text("a", "$b $c"), text("b", "$a"), text("c", "$a")), []string{
			"spec.variables[0].spec.name: a uses b uses a", "spec.variables[0].spec.name: a uses c uses a",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, list := Inspect(decode(t, "Dashboard", test.spec))
			var got []string
			for _, p := range list {
				if p.Code != problem.CodeCycle || p.Message != "circular dependency detected" {
					t.Errorf("problem %+v", p)
				}
				got = append(got, p.Path+": "+strings.TrimSuffix(p.Hint, ": remove one of these uses"))
			}
			if diff := cmp.Diff(test.hints, got); diff != "" {
				t.Errorf("cycles (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLongCycle(t *testing.T) {
	const n = 3000
	var v []string
	for i := range n {
		v = append(v, text(fmt.Sprintf("v%d", i), fmt.Sprintf("$v%d", (i+1)%n)))
	}
	_, list := Inspect(decode(t, "Dashboard", variables(v...)))
	wantProblems(t, list, []string{"spec.variables[0].spec.name: circular dependency detected"})
	if want := "v0 uses v1 uses v2 uses v3 uses v4 uses v5 uses v6 uses v7 uses v8 uses v9 uses ...: remove one of these uses"; list[0].Hint != want {
		t.Errorf("hint is %q", list[0].Hint)
	}
}

func TestTooManyUses(t *testing.T) {
	var b strings.Builder
	for i := range 2 * maxUses {
		fmt.Fprintf(&b, "$v%d ", i)
	}
	facts, list := Inspect(decode(t, "Dashboard", variables(text("a", b.String()))))
	if len(facts.Uses) != maxUses {
		t.Errorf("%d uses kept", len(facts.Uses))
	}
	wantProblems(t, list, []string{"spec.variables: there are more than 1000 uses of variables that the dashboard does not define"})
}
