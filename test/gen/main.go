// Command gen fills a directory with resources of package input:
//
//	go run ./test/gen -n 1000 -format yaml -out DIR
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/perseid-dev/perseid/test/input"
)

func main() {
	n := flag.Int("n", 1000, "how many dashboards")
	format := flag.String("format", "yaml", "yaml or json")
	out := flag.String("out", "", "the directory to fill; made if it is not there")
	flag.Parse()
	if *out == "" || *n < 0 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	size, err := input.Write(*out, *format, *n)
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
	fmt.Printf("%s: %d dashboards, %d bytes each on average\n", *out, *n, size/int64(max(*n, 1)))
}
