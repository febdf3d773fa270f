package store

import "io/fs"

// defect is something in a database that Repair can do something about.
type defect struct {
	path  string // in the database
	flaw  flaw
	why   string
	modes fs.FileMode // of exposed: the most it should have
}

// flaw is a sort of defect.
type flaw int

const (
	misplaced flaw = iota // a file where no document lies, or under a name or in a format that is not read here
	displaced             // a directory of those
	illegible             // where a document lies, and not one
	exposed               // others may get at it
)

func (c *checker) mendable(path string, f flaw, why string) {
	c.faults = append(c.faults, defect{path: path, flaw: f, why: why})
}
