package cli

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// completeWithin bounds how long a shell waits for a server.
const completeWithin = 2 * time.Second

type completion = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective)

// completeResource offers kinds, then the names of resources of the kind that sources declare.
func completeResource(e Env, o *connection, project *string) completion {
	return func(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
		switch len(args) {
		case 0:
			return startingWith(kindNames(), start)
		case 1:
			return startingWith(declaredNames(cmd.Context(), e, o, args[0], *project), start)
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeSource offers sources, once or (many) as often as is asked.
func completeSource(e Env, o *connection, many bool) completion {
	return func(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 && !many {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return startingWith(sourceNames(cmd.Context(), e, o), start)
	}
}

// completeSubject offers sources and kinds.
func completeSubject(e Env, o *connection, project *string) completion {
	return func(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 && *project == "" {
			return startingWith(append(sourceNames(cmd.Context(), e, o), kindNames()...), start)
		}
		return completeResource(e, o, project)(cmd, args, start)
	}
}

func sourceNames(ctx context.Context, e Env, o *connection) []string {
	var sources []delivery.Source
	quickly(ctx, e, o, "sources", nil, &sources)
	var names []string
	for _, s := range sources {
		names = append(names, s.Name)
	}
	return names
}

func declaredNames(ctx context.Context, e Env, o *connection, kind, project string) []string {
	k, err := kindOf(kind)
	if err != nil {
		return nil
	}
	var documents []delivery.Document
	quickly(ctx, e, o, "documents", url.Values{"kind": {k.Name}, "project": {project}}, &documents)
	var names []string
	for _, d := range documents {
		switch {
		case d.Name == "":
		case d.Project != "" && project == "":
			names = append(names, d.Project+"/"+d.Name)
		default:
			names = append(names, d.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// quickly asks a server, and takes silence for nothing: a completion has nowhere to say what went wrong.
func quickly(ctx context.Context, e Env, o *connection, path string, query url.Values, into any) {
	ctx, cancel := context.WithTimeout(ctx, completeWithin)
	defer cancel()
	if c, err := o.open(e); err == nil {
		_ = c.get(ctx, deliveryAPI+path, query, into)
	}
}

func startingWith(words []string, start string) ([]string, cobra.ShellCompDirective) {
	words = slices.DeleteFunc(words, func(word string) bool { return !strings.HasPrefix(word, start) })
	return words, cobra.ShellCompDirectiveNoFileComp
}
