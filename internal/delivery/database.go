package delivery

import "github.com/perseid-dev/perseid/internal/problem"

// Database is the state of where resources are kept.
type Database struct {
	Folder    string         `json:"folder" yaml:"folder"`
	Extension string         `json:"extension" yaml:"extension"` // json or yaml
	Documents map[string]int `json:"documents" yaml:"documents"` // by kind
	// Problems are stored files that cannot be read (R29): their last readable version is served, if there was one.
	Problems []problem.Problem `json:"problems,omitempty" yaml:"problems,omitempty"`
	// Notes say what an operator should know.
	Notes []string `json:"notes,omitempty" yaml:"notes,omitempty"`
}
