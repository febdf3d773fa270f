package resource

import (
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// resolvePlain reads an unquoted YAML scalar as yaml.v3 does, but keeps the spelling of what JSON takes for a number too, and times
// as strings. The Type stays plain for a number that JSON cannot write.
func resolvePlain(s string) Value {
	switch {
	case s == "" || !strings.Contains("+-.0123456789tfTFnN~", s[:1]):
		return Value{Type: String, Text: s}
	case isJSONNumber(s):
		return Value{Type: Number, Text: s}
	}
	node := yaml.Node{Kind: yaml.ScalarNode, Value: s}
	switch node.ShortTag() {
	case "!!null":
		return Value{}
	case "!!bool":
		return Value{Type: Bool, Text: strings.ToLower(s)}
	case "!!int", "!!float":
		return resolveNumber(&node)
	}
	return Value{Type: String, Text: s}
}

// resolveNumber writes a number that YAML knows and JSON does not (0x1f, 1_000, .5) as JSON.
func resolveNumber(node *yaml.Node) Value {
	var n any
	if err := node.Decode(&n); err != nil {
		return Value{Type: plain, Text: node.Value}
	}
	switch n := n.(type) {
	case int:
		return Value{Type: Number, Text: strconv.Itoa(n)}
	case int64:
		return Value{Type: Number, Text: strconv.FormatInt(n, 10)}
	case uint64:
		return Value{Type: Number, Text: strconv.FormatUint(n, 10)}
	case float64:
		if !math.IsInf(n, 0) && !math.IsNaN(n) {
			return Value{Type: Number, Text: strconv.FormatFloat(n, 'g', -1, 64)}
		}
	}
	return Value{Type: plain, Text: node.Value}
}

// resolveBool reads an unquoted scalar where a boolean is expected: there yaml.v3 takes the words of YAML 1.1 too.
func resolveBool(s string) Value {
	switch s {
	case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON":
		return Value{Type: Bool, Text: "true"}
	case "n", "N", "no", "No", "NO", "off", "Off", "OFF":
		return Value{Type: Bool, Text: "false"}
	}
	return resolvePlain(s)
}

// isJSONNumber says whether s is a number by the grammar of RFC 8259 §6.
func isJSONNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole := digits(s)
	if whole == 0 || whole > 1 && s[0] == '0' {
		return false
	}
	s = s[whole:]
	if strings.HasPrefix(s, ".") {
		fraction := digits(s[1:])
		if fraction == 0 {
			return false
		}
		s = s[1+fraction:]
	}
	if s == "" {
		return true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = s[1:]
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	return s != "" && digits(s) == len(s)
}

// digits counts the digits that s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}
