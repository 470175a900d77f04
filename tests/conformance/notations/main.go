// What the platforms themselves make of Fairlead's notations: the parsers that Argo Workflows, Kubernetes and KServe use.
//
// Reads one JSON object a line, {"kind": "cron" | "duration" | "quantity" | "gjson", "text": "…", "body": "…"}, and answers
// with one: {"error": "…"} or {"value": …}.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/tidwall/gjson"
	"k8s.io/apimachinery/pkg/api/resource"
)

type question struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
	Body string `json:"body"`
}

type answer struct {
	Error string `json:"error,omitempty"`
	Value any    `json:"value,omitempty"`
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(make([]byte, 1<<20), 1<<20)
	output := bufio.NewWriter(os.Stdout)
	defer output.Flush()
	for input.Scan() {
		var asked question
		if err := json.Unmarshal(input.Bytes(), &asked); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		value, err := ask(asked)
		given := answer{Value: value}
		if err != nil {
			given = answer{Error: err.Error()}
		}
		line, _ := json.Marshal(given)
		fmt.Fprintln(output, string(line))
	}
}

func ask(asked question) (any, error) {
	switch asked.Kind {
	case "cron":
		return runs(asked.Text)
	case "duration":
		parsed, err := time.ParseDuration(asked.Text)
		return parsed.Milliseconds(), err
	case "quantity":
		parsed, err := resource.ParseQuantity(asked.Text)
		if err != nil {
			return nil, err
		}
		return []any{parsed.String(), parsed.Value(), parsed.MilliValue()}, nil
	case "gjson":
		return gjson.GetBytes([]byte(asked.Body), asked.Text).Exists(), nil
	}
	return nil, fmt.Errorf("no such kind: %s", asked.Kind)
}

// The first runs of a schedule after the start of 2026, and the fewest minutes between two until the end of 2054.
func runs(text string) (any, error) {
	schedule, err := cron.ParseStandard(text)
	if err != nil {
		return nil, err
	}
	moment := schedule.Next(time.Date(2025, 12, 31, 23, 59, 0, 0, time.UTC))
	if moment.IsZero() {
		return nil, fmt.Errorf("never")
	}
	first := []string{}
	fewest := -1
	for count := 0; count < 20000 && moment.Year() < 2055; count++ {
		if count < 5 {
			first = append(first, moment.Format("2006-01-02T15:04"))
		}
		next := schedule.Next(moment)
		if minutes := int(next.Sub(moment) / time.Minute); fewest < 0 || minutes < fewest {
			fewest = minutes
		}
		moment = next
	}
	return map[string]any{"first": first, "fewest": fewest, "complete": moment.Year() >= 2055}, nil
}
