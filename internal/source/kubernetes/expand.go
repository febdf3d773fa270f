package kubernetes

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// maxWindow bounds what a zstd stream may ask a reader to remember, in bytes. Compressors ask for 8 MiB at their highest common level.
const maxWindow = 8 << 20

// compression is how a value is compressed, by the suffix of its key.
type compression string

const (
	none   compression = ""
	byGzip compression = ".gz"
	byZstd compression = ".zst"
)

var errExpanded = fmt.Errorf("it holds more than the limit of %d MiB; split it", MaxExpanded>>20)

// splitCompression takes the suffix off a key. A key that is nothing but a suffix is an ordinary name.
func splitCompression(key string) (name string, c compression) {
	for _, c := range []compression{byGzip, byZstd} {
		if name, ok := strings.CutSuffix(key, string(c)); ok && name != "" {
			return name, c
		}
	}
	return key, none
}

// expand gives what a value holds, within bounds of size and memory; what is not compressed is given as it is.
func expand(c compression, data []byte) ([]byte, error) {
	switch c {
	case byGzip:
		r, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, errors.New("it is not compressed with gzip")
		}
		return bounded(r)
	case byZstd:
		r, err := zstd.NewReader(bytes.NewReader(data), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, fmt.Errorf("prepare zstd: %w", err)
		}
		defer r.Close()
		return bounded(r)
	}
	return data, nil
}

// bounded reads one byte more than the limit at most.
func bounded(r io.Reader) ([]byte, error) {
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(r, MaxExpanded+1))
	switch {
	case n > MaxExpanded:
		return nil, errExpanded
	case err != nil:
		return nil, fmt.Errorf("its compressed form is damaged: %w", err)
	}
	return b.Bytes(), nil
}
