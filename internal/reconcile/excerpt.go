package reconcile

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
)

// Bounds of an excerpt.
const (
	excerptAround = 4   // lines before, and after
	excerptWidth  = 240 // characters of a line
)

// Excerpt is the text around a place of a file, as its source held it when it was last reconciled. Of a file that may hold a secret it
// shows nothing, and says so. The error is of class NotFound for a file that is not there, Invalid for a line that it does not have.
func (r *Reconciler) Excerpt(at delivery.Place) (delivery.Excerpt, error) {
	out := delivery.Excerpt{Source: at.Source, Origin: at.Origin}
	file, ok := r.status.Load().file(at.Source, at.Origin)
	if !ok {
		return out, problem.New(problem.NotFound, fmt.Sprintf("source %s holds no %s", at.Source, at.Origin))
	}
	data, err := r.objects.Open(file.Digest)
	if err != nil {
		return out, &problem.Failure{Class: problem.NotFound, Detail: fmt.Sprintf("the text of %s is no longer kept", at.Origin), Err: err}
	}
	if out.Concealed = conceals(r.o.Examiner, file, data); out.Concealed != "" {
		return out, nil
	}
	return excerptOf(out, data, at)
}

// file finds a file of a source by its origin, first among those that were read last.
func (b *board) file(name, origin string) (source.File, bool) {
	for _, files := range b.pasts[name].files {
		if i := slices.IndexFunc(files, func(f source.File) bool { return f.Origin == origin }); i >= 0 {
			return files[i], true
		}
	}
	return source.File{}, false
}

// suspicious is what a file that cannot be understood must not contain to be shown: its kinds tell nothing, so words must.
var suspicious = regexp.MustCompile(`(?i)secret|passw|token|credential|authorization|bearer|private.?key|api.?key|-----BEGIN|kind["']?\s*:\s*["']?user\b`)

// conceals says why nothing of a file is shown, "" where it may be (R33).
func conceals(x desired.Examiner, file source.File, data []byte) string {
	if file.Secret {
		return "it comes from a place for secrets"
	}
	content := x.Examine(data, desired.KeyOf(file), nil)
	understood := !content.Illegible()
	for _, doc := range content.Documents {
		kind, err := resource.KindByName(doc.ID.Kind)
		if err == nil && kind.Secret {
			return fmt.Sprintf("its file holds a %s", kind.Name)
		}
		understood = understood && err == nil
	}
	if !understood && suspicious.Match(data) {
		return "its file cannot be understood, and may hold a secret"
	}
	return ""
}

// excerptOf cuts the lines around a place out of a text.
func excerptOf(out delivery.Excerpt, data []byte, at delivery.Place) (delivery.Excerpt, error) {
	lines := bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
	out.Line, out.Total = max(1, at.Line), len(lines)
	if out.Line > out.Total {
		return out, problem.New(problem.Invalid, fmt.Sprintf("line: %s has %d lines, not %d", at.Origin, out.Total, out.Line))
	}
	out.First = max(1, out.Line-excerptAround)
	for i := out.First; i <= min(out.Total, out.Line+excerptAround); i++ {
		column := 0
		if i == out.Line {
			column = at.Column
		}
		text, shown := cut(lines[i-1], column)
		out.Lines = append(out.Lines, text)
		if i == out.Line {
			out.Column = shown
		}
	}
	return out, nil
}

// cut keeps as much of a line as is shown: around a column, counted in characters from 1, if it is too long. It says which character of
// what it kept is there; 0 for a column that is not known.
func cut(line []byte, column int) (text string, shown int) {
	runes := bytes.Runes(bytes.TrimSuffix(line, []byte("\r")))
	from := max(0, min(column-1-excerptWidth/2, len(runes)-excerptWidth))
	to := min(len(runes), from+excerptWidth)
	text, shown = string(runes[from:to]), column-from
	if from > 0 {
		text, shown = "…"+text, shown+1
	}
	if to < len(runes) {
		text += "…"
	}
	if column <= 0 || column > len(runes)+1 {
		shown = 0
	}
	return text, shown
}
