package archive

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func special(flag byte, name, link string) item {
	return item{tar.Header{Typeflag: flag, Name: name, Linkname: link}, ""}
}

func extended(name string, records map[string]string) item {
	return item{tar.Header{Typeflag: tar.TypeReg, Name: name, PAXRecords: records, Format: tar.FormatPAX}, "x"}
}

// TestEvil is the corpus of oci.md §7: nothing of it is accepted, or leaves anything behind.
func TestEvil(t *testing.T) {
	deep := strings.Repeat("d/", MaxDepth) + "f"
	for name, c := range map[string]struct {
		items []item
		want  string
	}{
		"up":                    {[]item{f("../evil", "x")}, "not a clean relative path"},
		"up inside":             {[]item{f("a/../../evil", "x")}, "not a clean relative path"},
		"up after a dot":        {[]item{f("./../evil", "x")}, "not a clean relative path"},
		"up as a directory":     {[]item{d("..")}, "not a clean relative path"},
		"absolute":              {[]item{f("/etc/passwd", "x")}, "not a clean relative path"},
		"absolute after a dot":  {[]item{f(".//etc/passwd", "x")}, "not a clean relative path"},
		"doubled slash":         {[]item{f("a//b", "x")}, "not a clean relative path"},
		"no name":               {[]item{f("", "x")}, "not a clean relative path"},
		"a dot":                 {[]item{f(".", "x")}, "not a clean relative path"},
		"backslash":             {[]item{f(`..\evil`, "x")}, "backslash"},
		"drive":                 {[]item{f("C:evil", "x")}, "drive"},
		"control character":     {[]item{f("a\x1b[2Jb", "x")}, "control character"},
		"not UTF-8":             {[]item{f("a\xffb", "x")}, "not a clean relative path"},
		"symbolic link":         {[]item{special(tar.TypeSymlink, "l", "/etc")}, "a symbolic link"},
		"link, then through it": {[]item{special(tar.TypeSymlink, "l", "/tmp"), f("l/evil", "x")}, "a symbolic link"},
		"link with a slash":     {[]item{special(tar.TypeSymlink, "l/", "..")}, "a symbolic link"},
		"dangling link":         {[]item{special(tar.TypeSymlink, "l", "missing")}, "a symbolic link"},
		"hard link":             {[]item{f("a", "x"), special(tar.TypeLink, "l", "a")}, "a hard link"},
		"hard link outside":     {[]item{special(tar.TypeLink, "l", "/etc/passwd")}, "a hard link"},
		"character device":      {[]item{special(tar.TypeChar, "null", "")}, "a device"},
		"block device":          {[]item{special(tar.TypeBlock, "sda", "")}, "a device"},
		"pipe":                  {[]item{special(tar.TypeFifo, "p", "")}, "a pipe"},
		"unknown type":          {[]item{special('Z', "z", "")}, "unknown type"},
		"extended attribute":    {[]item{extended("a", map[string]string{"SCHILY.xattr.security.capability": "x"})}, "extended attribute"},
		"file flags":            {[]item{extended("a", map[string]string{"SCHILY.fflags": "uchg"})}, "extended attribute"},
		"the same file twice":   {[]item{f("a", "x"), f("a", "y")}, "there twice"},
		"the same by a dot":     {[]item{f("a", "x"), f("./a", "y")}, "there twice"},
		"directory twice":       {[]item{d("a"), d("a")}, "there twice"},
		"file, then directory":  {[]item{f("a", "x"), f("a/b", "y")}, "which is a file"},
		"directory, then file":  {[]item{f("a/b", "x"), f("a", "y")}, "there twice"},
		"case":                  {[]item{f("Cpu.json", "x"), f("cpu.json", "y")}, "differ in case only"},
		"case of a directory":   {[]item{f("A/x", "x"), f("a/y", "y")}, "differ in case only"},
		"case of a long s":      {[]item{f("s", "x"), f("ſ", "y")}, "differ in case only"},
		"whiteout":              {[]item{f(".wh.a", "")}, "something is gone"},
		"opaque whiteout":       {[]item{f("a/.wh..wh..opq", "")}, "something is gone"},
		"below a whiteout":      {[]item{f(".wh.a/b", "x")}, "something is gone"},
		"deep":                  {[]item{f(deep, "x")}, "deeper than"},
		"long path":             {[]item{f(strings.Repeat("dddddddd/", 200)+"f", "x")}, "a path of more than"},
		"long name":             {[]item{f(strings.Repeat("n", MaxName+1), "x")}, "a name of more than"},
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, c.want, Limits{}, gzipped(t, tarOf(t, append([]item{f("good.json", "{}")}, c.items...)...)))
		})
	}
}

// refused expects that layers make no directory, for a reason.
func refused(t *testing.T, want string, limits Limits, layers ...Layer) {
	t.Helper()
	parent := t.TempDir()
	err := Extract(context.Background(), layers, filepath.Join(parent, "out"), ExtractOptions{Limits: limits})
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("extract: %v; expected %q", err, want)
	}
	for _, sentinel := range []error{ErrUnsafe, ErrLimit, ErrMismatch, ErrDamaged} {
		if errors.Is(err, sentinel) {
			err = nil
		}
	}
	if err != nil {
		t.Errorf("%v: is none of the errors this package names", err)
	}
	left, err := os.ReadDir(parent)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestSparse gives headers that the tar writer of the standard library does not write.
func TestSparse(t *testing.T) {
	old := tarOf(t, f("sparse", ""))
	old[156] = tar.TypeGNUSparse
	copy(old[257:], "ustar  \x00") // the magic of GNU
	checksum(old)
	refused(t, "sparse", Limits{}, layerOf(old, old, None))

	records := "22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n27 GNU.sparse.realsize=512\n24 GNU.sparse.name=evil\n"
	header := tarOf(t, f("pax", records))
	header = header[:512+512]
	header[156] = tar.TypeXHeader
	checksum(header)
	body := tarOf(t, f("evil", "1\n0\n0\n"+strings.Repeat("\x00", 600)))
	both := append(bytes.Clone(header), body...)
	refused(t, "", Limits{}, layerOf(both, both, None))
}

func checksum(header []byte) {
	copy(header[148:156], "        ")
	sum := 0
	for _, b := range header[:512] {
		sum += int(b)
	}
	text := "000000" + string([]byte{'0' + byte(sum>>15&7), '0' + byte(sum>>12&7), '0' + byte(sum>>9&7), '0' + byte(sum>>6&7), '0' + byte(sum>>3&7), '0' + byte(sum&7)})
	copy(header[148:156], text[len(text)-6:]+"\x00 ")
}
