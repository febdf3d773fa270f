package perseid_test

import (
	"fmt"
	"slices"
	"strings"
)

// rules is what must hold of a tree.
type rules struct {
	floors map[string]int      // every package under internal/ and its floor
	homes  map[string][]string // dependency → the only packages that may import it; the longest prefix decides
	lean   map[string][]string // program → what must not be linked into it
	lines  int                 // of a file, at most
}

// check returns everything that does not hold, in a steady order.
func (r rules) check(tr *tree) []string {
	return slices.Concat(r.checkFloors(tr), r.checkHomes(tr), r.checkComments(tr), r.checkWords(tr), r.checkLean(tr), r.checkLines(tr))
}

// checkFloors wants every package in the table, every row in the tree, and imports that go down.
func (r rules) checkFloors(tr *tree) (findings []string) {
	for _, dir := range sorted(r.floors) {
		if tr.packages[dir] == nil {
			findings = append(findings, fmt.Sprintf("%s: has a floor and no sources; remove its row", dir))
		}
	}
	for _, dir := range sorted(tr.packages) {
		floor, known := r.floors[dir]
		if !strings.HasPrefix(dir, "internal/") {
			continue
		}
		if !known {
			findings = append(findings, fmt.Sprintf("%s: has no floor; give it a row in arch_test.go and in ARCHITECTURE.md", dir))
			continue
		}
		findings = append(findings, r.checkDown(tr.packages[dir], floor)...)
	}
	return findings
}

func (r rules) checkDown(p *pkg, floor int) (findings []string) {
	for _, to := range sorted(p.imports) {
		target, ours := strings.CutPrefix(to, module+"/")
		if below, known := r.floors[target]; ours && known && below >= floor {
			findings = append(findings, fmt.Sprintf("%s: floor %d imports %s of floor %d; only lower floors may be imported", p.imports[to], floor, target, below))
		}
	}
	return findings
}

// checkHomes wants each dependency to have homes, and to be imported by them alone.
func (r rules) checkHomes(tr *tree) (findings []string) {
	for _, dir := range sorted(tr.packages) {
		imports := tr.packages[dir].imports
		for _, to := range sorted(imports) {
			homes, known := r.homesOf(to)
			switch {
			case known && !slices.Contains(homes, dir):
				findings = append(findings, fmt.Sprintf("%s: imports %s, whose home is %s", imports[to], to, strings.Join(homes, ", ")))
			case !known && foreign(to):
				findings = append(findings, fmt.Sprintf("%s: imports %s, which has no home; give it a row in arch_test.go and its reasons in docs/adr", imports[to], to))
			}
		}
	}
	return findings
}

// homesOf finds the homes of an imported package by the longest row that is a prefix of its path.
func (r rules) homesOf(to string) (homes []string, known bool) {
	longest := -1
	for dependency, packages := range r.homes {
		if within(to, dependency) && len(dependency) > longest {
			longest, homes = len(dependency), packages
		}
	}
	return homes, longest >= 0
}

// within says whether an import path is a package or one below it.
func within(to, prefix string) bool { return to == prefix || strings.HasPrefix(to, prefix+"/") }

// foreign says whether an import path is neither ours nor the standard library's, whose first elements have no dot.
func foreign(to string) bool {
	host, _, _ := strings.Cut(to, "/")
	return strings.Contains(host, ".") && !within(to, module)
}

func (r rules) checkComments(tr *tree) (findings []string) {
	for _, dir := range sorted(tr.packages) {
		if !tr.packages[dir].documented {
			findings = append(findings, fmt.Sprintf("%s: has no package comment", dir))
		}
	}
	return findings
}

// checkWords wants ARCHITECTURE.md to list the packages of the table, each on its floor.
func (r rules) checkWords(tr *tree) (findings []string) {
	for _, dir := range sorted(r.floors) {
		if floor, listed := tr.words[dir]; !listed {
			findings = append(findings, fmt.Sprintf("ARCHITECTURE.md: does not list %s on floor %d", dir, r.floors[dir]))
		} else if floor != r.floors[dir] {
			findings = append(findings, fmt.Sprintf("ARCHITECTURE.md: lists %s on floor %d, it is on floor %d", dir, floor, r.floors[dir]))
		}
	}
	for _, dir := range sorted(tr.words) {
		if _, known := r.floors[dir]; !known {
			findings = append(findings, fmt.Sprintf("ARCHITECTURE.md: lists %s, which has no floor", dir))
		}
	}
	return findings
}

// checkLean wants the import closure of small programs free of what would make them big. A program that is not there is small enough.
func (r rules) checkLean(tr *tree) (findings []string) {
	for _, program := range sorted(r.lean) {
		seen := map[string]bool{}
		todo := []string{program}
		for len(todo) > 0 {
			dir := todo[0]
			todo = todo[1:]
			p := tr.packages[dir]
			if p == nil || seen[dir] {
				continue
			}
			seen[dir] = true
			for _, to := range sorted(p.imports) {
				if i := slices.IndexFunc(r.lean[program], func(heavy string) bool { return within(to, heavy) }); i >= 0 {
					findings = append(findings, fmt.Sprintf("%s: imports %s, which %s must not link", p.imports[to], to, program))
				}
				todo = append(todo, strings.TrimPrefix(to, module+"/"))
			}
		}
	}
	return findings
}

func (r rules) checkLines(tr *tree) (findings []string) {
	for _, name := range sorted(tr.lines) {
		if n := tr.lines[name]; n > r.lines {
			findings = append(findings, fmt.Sprintf("%s: has %d lines; split it by topic, %d is the most", name, n, r.lines))
		}
	}
	return findings
}
