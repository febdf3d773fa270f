package kube

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"time"
)

// component is who reports, as `kubectl describe` shows it.
const component = "perseid"

// Report is what is told about one object by an Event. Texts are the caller's to bound: a name as for any object, a message of 1024 bytes.
type Report struct {
	Resource        Resource
	Namespace, Name string // of the object
	UID             string // of the object; with another one the Event is about an object that is gone
	ID              string // of the Event: its name. Telling it a second time does nothing while the first is kept (an hour)
	Warning         bool
	Reason          string // a word in camel case
	Message         string
	At              time.Time
}

// reference and event are the parts of core/v1 that a Report needs.
type (
	reference struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Namespace  string `json:"namespace"`
		Name       string `json:"name"`
		UID        string `json:"uid,omitempty"`
	}
	event struct {
		APIVersion     string            `json:"apiVersion"`
		Kind           string            `json:"kind"`
		Metadata       map[string]string `json:"metadata"`
		InvolvedObject reference         `json:"involvedObject"`
		Type           string            `json:"type"`
		Reason         string            `json:"reason"`
		Message        string            `json:"message"`
		Source         map[string]string `json:"source"`
		FirstTimestamp string            `json:"firstTimestamp"`
		LastTimestamp  string            `json:"lastTimestamp"`
		Count          int               `json:"count"`
		Component      string            `json:"reportingComponent"`
	}
)

// Tell writes an Event beside the object it is about. It needs the permission to create events in that namespace, and no other. What was
// told already is no error.
func (c *Client) Tell(ctx context.Context, r Report) error {
	body, err := json.Marshal(r.event())
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	place := path.Join("namespaces", url.PathEscape(r.Namespace), "events")
	answer, err := c.request(ctx, http.MethodPost, place, nil, bytes.NewReader(body), requestDuration)
	var refused *StatusError
	if errors.As(err, &refused) && refused.Code == http.StatusConflict {
		return nil
	}
	if err != nil {
		return fmt.Errorf("tell of %s %s/%s: %w", r.Resource.Kind(), r.Namespace, r.Name, err)
	}
	return answer.Close()
}

func (r Report) event() event {
	kind, sort := "ConfigMap", "Normal"
	if r.Resource == Secrets {
		kind = "Secret"
	}
	if r.Warning {
		sort = "Warning"
	}
	at := r.At.UTC().Format(time.RFC3339)
	return event{
		APIVersion: "v1", Kind: "Event", Metadata: map[string]string{"name": r.ID, "namespace": r.Namespace},
		InvolvedObject: reference{APIVersion: "v1", Kind: kind, Namespace: r.Namespace, Name: r.Name, UID: r.UID},
		Type:           sort, Reason: r.Reason, Message: r.Message, Source: map[string]string{"component": component},
		FirstTimestamp: at, LastTimestamp: at, Count: 1, Component: component,
	}
}
