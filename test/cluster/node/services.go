package node

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"
)

// domain is that of the cluster; pods ask for NAME.NAMESPACE.svc in it.
const domain = ".svc.cluster.local."

// services stand for the DNS of a cluster and for kube-proxy: a name is answered with the address that the API server gave the Service, where
// connections are passed on to an endpoint that is ready at that moment. An address is there once somebody asked for its name.
type services struct {
	n       *Node
	dns     net.PacketConn
	running sync.WaitGroup

	mu     sync.Mutex
	relays map[string]*relay // by address and port
	behind map[string]port   // whose address it is now
}

// port is one of a Service.
type port struct{ namespace, service, name string }

func startServices(n *Node) (*services, error) {
	dns, err := net.ListenPacket("udp", DNSAddress+":53")
	if err != nil {
		return nil, err
	}
	s := &services{n: n, dns: dns, relays: map[string]*relay{}, behind: map[string]port{}}
	s.running.Go(s.resolve)
	return s, nil
}

// Close ends it, and breaks all connections.
func (s *services) Close() {
	_ = s.dns.Close() // once is enough
	s.running.Wait()
	for _, r := range s.relays {
		r.Close()
	}
}

func (s *services) resolve() {
	const longest = 512 // of a question by UDP
	for {
		question := make([]byte, longest)
		n, from, err := s.dns.ReadFrom(question)
		if err != nil {
			return
		}
		if answer, err := s.answer(question[:n]); err == nil { // who asks for nonsense waits in vain
			_, _ = s.dns.WriteTo(answer, from) // or asks again
		}
	}
}

func (s *services) answer(question []byte) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil {
		return nil, err
	}
	if len(m.Questions) != 1 {
		return nil, errors.New("not one question")
	}
	q := m.Questions[0]
	answer := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: m.ID, Response: true, Authoritative: true, RecursionDesired: m.RecursionDesired},
		Questions: m.Questions,
	}
	ip, err := s.address(q.Name.String())
	switch {
	case err != nil:
		answer.RCode = dnsmessage.RCodeNameError
	case ip != nil && q.Type == dnsmessage.TypeA:
		answer.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 5}, Body: &dnsmessage.AResource{A: [4]byte(ip)},
		}}
	}
	return answer.Pack()
}

// address is that of the Service of a name, where something listens from now on; nil for a Service that has none.
func (s *services) address(name string) (net.IP, error) {
	service, namespace, ok := strings.Cut(strings.TrimSuffix(strings.ToLower(name), domain), ".")
	if !ok || !strings.HasSuffix(strings.ToLower(name), domain) || strings.Contains(namespace, ".") {
		return nil, fmt.Errorf("%s names no service", name)
	}
	var found struct {
		Spec struct {
			ClusterIP string
			Ports     []struct {
				Name string
				Port int
			}
		}
	}
	if err := s.n.Get("/api/v1/namespaces/"+url.PathEscape(namespace)+"/services/"+url.PathEscape(service), &found); err != nil {
		return nil, err
	}
	ip := net.ParseIP(found.Spec.ClusterIP).To4()
	if ip == nil {
		return nil, nil
	}
	for _, p := range found.Spec.Ports {
		if err := s.open(ip.String(), p.Port, port{namespace, service, p.Name}); err != nil {
			return nil, err
		}
	}
	return ip, nil
}

// open listens at the address of a Service, unless it does already.
func (s *services) open(ip string, number int, p port) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := net.JoinHostPort(ip, strconv.Itoa(number))
	s.behind[at] = p
	if s.relays[at] != nil {
		return nil
	}
	if out, err := exec.Command("ip", "address", "replace", ip+"/32", "dev", "lo").CombinedOutput(); err != nil {
		return fmt.Errorf("ip address: %w: %s", err, out)
	}
	r, err := startRelay(at, func() (string, error) {
		s.mu.Lock()
		p := s.behind[at]
		s.mu.Unlock()
		return s.endpoint(p)
	})
	if err == nil {
		s.relays[at] = r
	}
	return err
}

// endpoint is where a pod of a Service listens that is ready.
func (s *services) endpoint(of port) (string, error) {
	var slices struct {
		Items []struct {
			Ports []struct {
				Name string
				Port int
			}
			Endpoints []struct {
				Addresses  []string
				Conditions struct{ Ready *bool }
			}
		}
	}
	err := s.n.Get("/apis/discovery.k8s.io/v1/namespaces/"+of.namespace+"/endpointslices?labelSelector=kubernetes.io/service-name%3D"+of.service, &slices)
	if err != nil {
		return "", err
	}
	ready := true
	for _, slice := range slices.Items {
		for _, p := range slice.Ports {
			for _, e := range slice.Endpoints {
				if p.Name == of.name && *cmp.Or(e.Conditions.Ready, &ready) && len(e.Addresses) > 0 {
					return net.JoinHostPort(e.Addresses[0], strconv.Itoa(p.Port)), nil
				}
			}
		}
	}
	return "", fmt.Errorf("no endpoint of %s/%s is ready", of.namespace, of.service)
}
