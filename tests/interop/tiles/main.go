// main.go URL KEYFILE: reads a node's log as C2SP tlog-tiles say, with the Go checksum database's own code
// (golang.org/x/mod/sumdb): the head's signature, every tile against the head, the root from all leaves anew,
// the proof of each of some records, and that each of some earlier trees is the beginning of this one.
package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type tiles struct {
	url   string
	calls int
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "tiles:", err)
		os.Exit(1)
	}
}

func get(url string) ([]byte, error) {
	r, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", url, r.Status)
	}
	return io.ReadAll(r.Body)
}

func (t *tiles) Height() int { return height }

// C2SP leaves the height out of the path.
func (t *tiles) ReadTiles(list []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(list))
	for i, tile := range list {
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
		data, err := get(t.url + "/v1/ledger/" + path)
		if err != nil {
			return nil, err
		}
		out[i] = data
		t.calls++
	}
	return out, nil
}

func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func main() {
	url, keyFile := os.Args[1], os.Args[2]
	key, err := os.ReadFile(keyFile)
	fail(err)
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	fail(err)
	signed, err := get(url + "/v1/ledger/checkpoint")
	fail(err)
	head, err := note.Open(signed, note.VerifierList(verifier))
	fail(err)
	lines := strings.Split(head.Text, "\n")
	if lines[0] != verifier.Name() {
		fail(fmt.Errorf("the head is of %q", lines[0]))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	fail(err)
	raw, err := base64.StdEncoding.DecodeString(lines[2])
	fail(err)
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], raw)

	reader := &tiles{url: url}
	hashes := tlog.TileHashReader(tree, reader) // verifies each tile against the head
	var all []int64
	for i := int64(0); i < size; i++ {
		all = append(all, tlog.StoredHashIndex(0, i))
	}
	leaves, err := hashes.ReadHashes(all)
	fail(err)
	var stored []tlog.Hash
	for i, leaf := range leaves {
		more, err := tlog.StoredHashesForRecordHash(int64(i), leaf, tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
			out := make([]tlog.Hash, len(at))
			for k, x := range at {
				out[k] = stored[x]
			}
			return out, nil
		}))
		fail(err)
		stored = append(stored, more...)
	}
	anew := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for k, x := range at {
			out[k] = stored[x]
		}
		return out, nil
	})
	root, err := tlog.TreeHash(size, anew)
	fail(err)
	if root != tree.Hash {
		fail(fmt.Errorf("the leaves give another root"))
	}
	proofs := 0
	for n := int64(1); n <= size; n += 1 + size/97 {
		older, err := tlog.TreeHash(n, anew)
		fail(err)
		proof, err := tlog.ProveTree(size, n, hashes)
		fail(err)
		fail(tlog.CheckTree(proof, size, tree.Hash, n, older))
		record, err := tlog.ProveRecord(size, n-1, hashes)
		fail(err)
		fail(tlog.CheckRecord(record, size, tree.Hash, n-1, leaves[n-1]))
		proofs += 2
	}
	fmt.Printf("%d entries of %s, %d tiles, %d proofs\n", size, lines[0], reader.calls, proofs)
}
