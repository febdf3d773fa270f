package config

import (
	"cmp"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/perseid-dev/perseid/internal/problem"
)

const environmentPrefix = "PERSES_"

// A cluster gives every container these for a Service named perses; they are not settings.
var serviceVariable = regexp.MustCompile(`^PERSES_(SERVICE_(HOST|PORT)|PORT)[_=]`)

// readEnvironment stores every PERSES_ variable at the key it names: upper case, joined by underscores, list indexes as numbers.
func (r *reader) readEnvironment(environ []string) {
	variables := slices.DeleteFunc(slices.Clone(environ), func(v string) bool {
		return !strings.HasPrefix(v, environmentPrefix) || serviceVariable.MatchString(v)
	})
	slices.SortFunc(variables, compareNaturally)
	for _, variable := range variables {
		name, text, _ := strings.Cut(variable, "=")
		from := origin{name, &yaml.Node{Kind: yaml.ScalarNode, Value: text, Tag: "!!str"}}
		if !r.overlay(from, rootOf(r.config), "", strings.TrimPrefix(name, environmentPrefix)) {
			r.problems = append(r.problems, problem.Problem{
				Code: problem.CodeUnknown, Severity: problem.Warning, Origin: name, Message: "names no setting, so it is ignored",
				Hint: "names are PERSES_ and the path of a key, in upper case: PERSES_DATABASE_FILE_FOLDER",
			})
		}
	}
}

// overlay finds the scalar that rest names below v, making what is missing on the way, and stores the variable there.
// It says whether there is such a scalar; if not, nothing was made.
func (r *reader) overlay(from origin, v reflect.Value, path, rest string) bool {
	switch v.Kind() {
	case reflect.Pointer:
		return r.overlayOptional(from, v, path, rest)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Opaque]() {
			r.decode(from, v, path)
			return true
		}
		for _, f := range fieldsOf(v) {
			if inner, ok := cutName(rest, strings.ToUpper(f.key)); ok && r.overlay(from, f.value, joinPath(path, f.key), inner) {
				r.credit(from, path)
				return true
			}
		}
		return false
	case reflect.Slice:
		return r.overlayElement(from, v, path, rest)
	case reflect.Map:
		return false
	}
	if rest != "" {
		return false
	}
	r.decode(from, v, path)
	return true
}

// credit names the variable as the origin of a parent that nothing else gave.
func (r *reader) credit(from origin, path string) {
	if _, given := r.places[path]; !given && path != "" {
		r.places[path] = place{origin: from.name}
	}
}

func (r *reader) overlayOptional(from origin, v reflect.Value, path, rest string) bool {
	missing := v.IsNil()
	if r.overlay(from, allocate(v), path, rest) {
		return true
	}
	if missing {
		v.SetZero()
	}
	return false
}

func (r *reader) overlayElement(from origin, v reflect.Value, path, rest string) bool {
	number, inner, _ := strings.Cut(rest, "_")
	index, err := strconv.Atoi(number)
	if err != nil || index < 0 || index > v.Len() {
		return false
	}
	length := v.Len()
	if index == length {
		grow(v)
	}
	if r.overlay(from, v.Index(index), fmt.Sprintf("%s[%d]", path, index), inner) {
		r.credit(from, path)
		return true
	}
	v.SetLen(length)
	return false
}

// cutName removes a name and the underscore behind it.
func cutName(rest, name string) (string, bool) {
	after, ok := strings.CutPrefix(rest, name)
	if !ok || after == "" {
		return "", ok
	}
	return strings.CutPrefix(after, "_")
}

// compareNaturally orders names so that the elements of a list come in order: 2 before 10.
func compareNaturally(a, b string) int {
	as, bs := strings.Split(a, "_"), strings.Split(b, "_")
	return slices.CompareFunc(as, bs, func(x, y string) int {
		xn, xerr := strconv.Atoi(numberOf(x))
		yn, yerr := strconv.Atoi(numberOf(y))
		if xerr == nil && yerr == nil {
			return cmp.Compare(xn, yn)
		}
		return cmp.Compare(x, y)
	})
}

func numberOf(part string) string {
	number, _, _ := strings.Cut(part, "=")
	return number
}
