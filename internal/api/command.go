package api

import (
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/reply"
)

// command carries out POST …/sources/{name}/{verb} (R26).
func (a *api) command(w http.ResponseWriter, r *http.Request) error {
	if !isJSON(r) {
		return problem.New(problem.MediaType, "")
	}
	if !local(r) {
		return problem.New(problem.Forbidden, "commands are taken from this machine only")
	}
	if err := a.authorize(r, "update", "Project", ""); err != nil {
		return err
	}
	c, err := readCommand(w, r)
	if err != nil {
		return err
	}
	if _, err := a.Delivery.Do(c); err != nil {
		return err
	}
	reply.JSON(w, http.StatusAccepted, c)
	return nil
}

// readCommand finds the command in the path, and what it needs: for a reconcile ?full=true (its body is a webhook's, and ignored),
// for a prune {"id": …} in the body, the ID of the hold to confirm (R14).
func readCommand(w http.ResponseWriter, r *http.Request) (delivery.Command, error) {
	path := r.PathValue("name")
	cut := max(strings.LastIndexByte(path, '/'), 0)
	c := delivery.Command{Source: path[:cut], Verb: delivery.Verb(strings.TrimPrefix(path[cut:], "/"))}
	if c.Source == "" {
		return c, problem.New(problem.NotFound, "source")
	}
	switch c.Verb {
	case delivery.Reconcile:
		full, err := boolParameter(r.URL.Query(), "full")
		c.Full = full != nil && *full
		return c, err
	case delivery.Confirm:
		data, err := body(w, r)
		if err != nil {
			return c, err
		}
		var given struct {
			ID string `json:"id"`
		}
		if json.Unmarshal(data, &given) != nil || given.ID == "" {
			return c, invalid(`expected {"id": "…"}, the ID of the hold to confirm`)
		}
		c.ID = given.ID
		return c, nil
	}
	return c, problem.New(problem.NotFound, "command")
}

// local says whether a request was made on this machine, by a program that meant this machine: not through a proxy that runs here,
// and not by a page whose host name somebody pointed at the loopback address.
func local(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() {
		return false
	}
	for _, header := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if r.Header.Get(header) != "" {
			return false
		}
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || (err == nil && address.Unmap().IsLoopback())
}
