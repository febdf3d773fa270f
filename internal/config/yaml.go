package config

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// YAML writes a value as its JSON says, in YAML's block style: same names, same order, same masks.
func YAML(v any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("encode JSON: %w", err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text.Bytes(), &document); err != nil {
		return nil, fmt.Errorf("read JSON as YAML: %w", err)
	}
	blockStyle(&document)
	text.Reset()
	block := yaml.NewEncoder(&text)
	block.SetIndent(2)
	if err := block.Encode(&document); err != nil {
		return nil, fmt.Errorf("encode YAML: %w", err)
	}
	return text.Bytes(), block.Close()
}

// blockStyle drops braces and quotes; the encoder puts back the quotes that a string needs to stay one.
func blockStyle(n *yaml.Node) {
	n.Style = 0
	for _, child := range n.Content {
		blockStyle(child)
	}
}
