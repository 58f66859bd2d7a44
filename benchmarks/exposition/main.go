// What prometheus/common's own parser of the text format takes for a body: the peer of the benchmark's part "exposition".
//
// Arguments: the file. It is parsed once to warm up and once measured; printed are seconds, bytes allocated, families.
// Built with Debian's golang-go and golang-github-prometheus-common-dev: GO111MODULE=off GOPATH=/usr/share/gocode go build.
package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/prometheus/common/expfmt"
)

func main() {
	body, err := os.ReadFile(os.Args[1])
	check(err)
	parse(body)
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	families := parse(body)
	seconds := time.Since(start).Seconds()
	runtime.ReadMemStats(&after)
	fmt.Println(seconds, after.TotalAlloc-before.TotalAlloc, families)
}

func parse(body []byte) int {
	var parser expfmt.TextParser
	families, err := parser.TextToMetricFamilies(bytes.NewReader(body))
	check(err)
	return len(families)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
