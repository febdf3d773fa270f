package config

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/perseid-dev/perseid/internal/problem"
)

const maxSourceName = 200 // bytes

// SourceConfig is one source with everything that applies to it.
type SourceConfig struct {
	Name      string
	Location  Location
	Priority  int
	Interval  time.Duration
	Watch     bool
	OnInvalid OnInvalid
	Prune     bool          // whether anything is pruned at all
	Settle    time.Duration // prune.settle
	Delay     time.Duration // prune.delay
	Pin       string
	// RequireIndex: without an index the directory is not read at all (DELIVERY R39).
	RequireIndex bool
}

// resolver merges provisioning folders and delivery.sources, and reports what cannot be told apart (DELIVERY R2).
type resolver struct {
	*reader
	sources []SourceConfig
	index   map[string]int  // of the source that reads a location
	entered map[string]bool // an entry is about the location
}

func (r *reader) resolveSources() []SourceConfig {
	v := &resolver{reader: r, index: map[string]int{}, entered: map[string]bool{}}
	for i, folder := range r.config.Provisioning.Folders {
		d := &Directory{Path: folder}
		if _, twice := v.index[keyOf(d)]; twice || folder == "" {
			r.reportFolder(fmt.Sprintf("provisioning.folders[%d]", i), folder)
			continue
		}
		v.add(d)
	}
	for i, entry := range r.config.Delivery.Sources {
		v.entry(entry, fmt.Sprintf("delivery.sources[%d]", i))
	}
	r.checkNames(v.sources)
	return v.sources
}

// entry adds a source, or sets options of the provisioning folder that it names.
func (v *resolver) entry(entry Source, at string) {
	key, location, ok := v.locationOf(entry, at)
	if !ok {
		return
	}
	if v.entered[keyOf(location)] {
		v.fail(problem.CodeDuplicate, at+"."+key, fmt.Sprintf("an earlier entry is already about %s", location), "merge the two")
		return
	}
	v.entered[keyOf(location)] = true
	index, there := v.index[keyOf(location)]
	if !there {
		index = v.add(location)
	}
	v.sources[index].override(entry)
	location.resolve(v.reader, at+"."+key, entry, &v.sources[index])
}
func (r *reader) reportFolder(at, folder string) {
	if folder == "" {
		r.fail(problem.CodeRequired, at, "the folder has no path", "write one, or remove the entry")
		return
	}
	r.add(problem.Warning, problem.CodeDuplicate, at, fmt.Sprintf("%s is listed twice", folder), "remove one")
}

// keyOf tells locations apart, of all sorts.
func keyOf(l Location) string { return fmt.Sprintf("%T %s", l, l) }

// add appends a source with what applies to all, and returns its index.
func (v *resolver) add(l Location) int {
	v.index[keyOf(l)] = len(v.sources)
	v.sources = append(v.sources, v.config.defaultSource(l))
	return len(v.sources) - 1
}

func (c *Config) defaultSource(l Location) SourceConfig {
	prune := c.Delivery.Prune
	return SourceConfig{
		Name: l.name(), Location: l,
		Interval: time.Duration(c.Provisioning.Interval), Watch: c.Provisioning.EnableWatch,
		OnInvalid: c.Delivery.OnInvalid,
		Prune:     !prune.Disable, Settle: time.Duration(prune.Settle), Delay: time.Duration(prune.Delay),
	}
}

func (s *SourceConfig) override(entry Source) {
	s.Name = cmp.Or(entry.Name, s.Name)
	s.Priority = entry.Priority
	s.Interval = cmp.Or(time.Duration(entry.Interval), s.Interval)
	s.OnInvalid = cmp.Or(entry.OnInvalid, s.OnInvalid)
	if p := entry.Prune; p != nil {
		if p.Disable != nil {
			s.Prune = !*p.Disable
		}
		if p.Settle != nil {
			s.Settle = time.Duration(*p.Settle)
		}
		if p.Delay != nil {
			s.Delay = time.Duration(*p.Delay)
		}
	}
}

func (r *reader) checkNames(sources []SourceConfig) {
	taken := make(map[string]string)
	for _, s := range sources {
		if earlier, twice := taken[s.Name]; twice {
			r.fail(problem.CodeDuplicate, "delivery.sources", fmt.Sprintf("%s and %s are both named %q", earlier, s.Location, s.Name), "names of sources are unique")
		}
		taken[s.Name] = s.Location.String()
		if len(s.Name) > maxSourceName || strings.ContainsFunc(s.Name, unicode.IsControl) {
			r.fail(problem.CodeValue, "delivery.sources", fmt.Sprintf("%q cannot name a source", s.Name[:min(len(s.Name), maxSourceName)]), fmt.Sprintf("use at most %d bytes and no control characters", maxSourceName))
		}
	}
}
