package server

import (
	"fmt"
	"os"
	"testing/synctest"
	"time"

	"github.com/perseid-dev/perseid/internal/resource"
)

// act does one step to both.
func (t *trial) act(s step) string {
	switch s.verb {
	case "write", "remove", "rename", "clear", "unread":
		t.file(s)
		return ""
	case "post", "put", "delete":
		return t.write(s)
	case "edit", "vanish", "spoil":
		t.tamper(s)
		return ""
	case "wait":
		t.wait(s.n)
		return ""
	case "restart", "configure", "adopt", "projects":
		return t.restart(s)
	case "look":
		return ""
	}
	return t.command(s)
}

// wait lets seconds pass.
func (t *trial) wait(seconds int) {
	for range seconds {
		t.sink.pass()
		time.Sleep(time.Second)
		synctest.Wait()
		t.m.tick(time.Now())
	}
}

// restart stops both and starts them anew, with another configuration if the step says so.
func (t *trial) restart(s step) string {
	if s.verb == "restart" && s.flag { // now and then: there is much to open
		if difference := t.opens(); difference != "" {
			return difference
		}
	}
	t.rig.close()
	switch c := &t.m.setup; s.verb {
	case "adopt":
		c.adopt = adopts[s.n]
	case "projects":
		c.createProjects = s.flag
	case "configure":
		t.configure(s)
	}
	t.start()
	return ""
}

// file changes a shelf.
func (t *trial) file(s step) {
	shelf := t.shelves[s.shelf]
	shelf.mu.Lock()
	defer shelf.mu.Unlock()
	old, there := shelf.sheets[s.path]
	switch s.verb {
	case "write":
		shelf.sheets[s.path] = s.sheet
	case "remove":
		delete(shelf.sheets, s.path)
	case "rename":
		if there && s.path != s.to {
			delete(shelf.sheets, s.path)
			shelf.sheets[s.to] = old
		}
	case "clear":
		clear(shelf.sheets)
	case "unread":
		if shelf.unread[s.path] {
			delete(shelf.unread, s.path)
		} else {
			shelf.unread[s.path] = true
		}
	}
}

// write is what somebody does through the API.
func (t *trial) write(s step) string {
	if s.id.Kind == "Project" && s.verb == "delete" && t.m.holdsAny(s.id.Name) || s.id.Kind != "Project" && !t.m.isProject(s.id.Project) {
		return ""
	}
	if s.Default && t.m.otherDefault(s.id) {
		return "" // the API refuses it
	}
	real, want := t.rig.write(s), t.m.write(s, time.Now())
	if real != want {
		return fmt.Sprintf("R25: %s: allowed = %t, want %t", s, real, want)
	}
	return ""
}

func (m *model) holdsAny(project string) bool {
	for id := range m.served {
		if id.Project == project {
			return true
		}
	}
	return false
}

func (m *model) otherDefault(id resource.ID) bool {
	for other, s := range m.served {
		if other != id && other.Project == id.Project && s.Default {
			return true
		}
	}
	return false
}

// tamper changes the database behind the server's back.
func (t *trial) tamper(s step) {
	have := t.m.served[s.id]
	if have == nil || s.id.Kind == "Project" || s.Default != have.Default {
		return
	}
	switch s.verb {
	case "vanish":
		t.must(os.Remove(t.rig.file(s.id)))
		delete(t.m.served, s.id)
	case "spoil":
		t.overwrite(s.id, []byte("{"))
		have.damaged = true
	default:
		t.edit(s)
		have.content, have.damaged, have.since = s.content, false, time.Time{}
	}
}
