// Holds manifests to what KServe does with them: its admission webhooks and its controllers, with a cluster in memory.
//
// The arguments are folders, which a cluster holds one after the other: each becomes the next, as a reconciler would apply
// it, so what an update may not change is judged as well. Answers with JSON: what KServe objects to or would change, what it
// makes of the last folder, and how many resources it was asked about.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	logf "sigs.k8s.io/controller-runtime/pkg/log"
)

type answer struct {
	Findings []string        `json:"findings"`
	Derived  []client.Object `json:"derived"`
	Judged   int             `json:"judged"`
}

func (given *answer) find(about string, err error) {
	if err != nil {
		given.Findings = append(given.Findings, fmt.Sprintf("%s: %v", about, err))
	}
}

func main() {
	config := flag.String("config", "", "the ConfigMap inferenceservice-config, as KServe releases it")
	ingress := flag.String("ingress", "{}", "what a platform changes in its section `ingress`, as JSON")
	flag.Parse()
	logf.SetLogger(logr.Discard())
	given := &answer{Findings: []string{}, Derived: []client.Object{}}
	err := run(context.Background(), *config, *ingress, flag.Args(), given)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(given)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, config, ingress string, folders []string, given *answer) error {
	settings, err := released(config, ingress)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "kserve")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	host, err := serve(settings, scratch)
	if err != nil {
		return err
	}
	namespaces := map[string]bool{}
	states := []map[string][]*manifest{}
	for _, folder := range folders {
		state, err := read(folder)
		if err != nil {
			return err
		}
		states = append(states, state)
		for namespace := range state {
			namespaces[namespace] = true
		}
	}
	for _, namespace := range slices.Sorted(maps.Keys(namespaces)) {
		cluster := newCluster(settings, host, namespace)
		for _, state := range states {
			if err := cluster.become(ctx, state[namespace], given); err != nil {
				return err
			}
		}
		if err := cluster.derived(ctx, given); err != nil {
			return err
		}
	}
	return nil
}
