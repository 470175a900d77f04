// Package judging reads manifests and asks one version of Argo Workflows about them.
package judging

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// Version is one version's own validation of a Workflow W, a WorkflowTemplate T and a CronWorkflow C. The templates that
// they may refer to are those of the same namespace, by name.
type Version[W, T, C any] struct {
	Workflow func(known map[string]*T, workflow *W) error
	Template func(known map[string]*T, template *T) error
	Cron     func(known map[string]*T, cron *C) error
}

type manifest struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	content           []byte
}

func (read *manifest) about() string {
	return fmt.Sprintf("%s %s/%s", read.Kind, read.Namespace, read.Name)
}

// What a Sensor submits, as far as Argo Workflows is concerned.
type sensor struct {
	Spec struct {
		Triggers []struct {
			Template struct {
				Name         string `json:"name"`
				ArgoWorkflow *struct {
					Operation string `json:"operation"`
					Source    struct {
						Resource json.RawMessage `json:"resource"`
					} `json:"source"`
					Parameters []struct {
						Dest string `json:"dest"`
					} `json:"parameters"`
				} `json:"argoWorkflow"`
			} `json:"template"`
		} `json:"triggers"`
	} `json:"spec"`
}

// Main judges every WorkflowTemplate, CronWorkflow and Sensor in the files and folders that are the program's arguments. Each
// template is also judged as the Workflow that is submitted from it, and so is every Workflow that a Sensor submits. Findings
// go to standard output, one a line, and then how many resources were judged; the exit code is 1 where there are findings.
func Main[W, T, C any](version Version[W, T, C]) {
	found := 0
	say := func(about string, err error) {
		if err != nil {
			fmt.Printf("%s: %s\n", about, strings.ReplaceAll(err.Error(), "\n", " "))
			found++
		}
	}
	judged := 0
	for _, namespace := range read(os.Args[1:], say) {
		judged += judge(version, namespace, say)
	}
	fmt.Printf("judged: %d\n", judged)
	if found > 0 {
		os.Exit(1)
	}
}

func judge[W, T, C any](version Version[W, T, C], manifests []*manifest, say func(string, error)) int {
	known := map[string]*T{}
	for _, read := range manifests {
		if read.Kind == "WorkflowTemplate" {
			known[read.Name] = new(T)
			say(read.about(), yaml.UnmarshalStrict(read.content, known[read.Name]))
		}
	}
	judged := 0
	for _, read := range manifests {
		switch read.Kind {
		case "WorkflowTemplate":
			say(read.about(), version.Template(known, known[read.Name]))
			submitted := fmt.Sprintf(
				`{"metadata": {"generateName": "%s-", "namespace": %q}, "spec": {"workflowTemplateRef": {"name": %q}}}`,
				read.Name, read.Namespace, read.Name,
			)
			say("Workflow of "+read.about(), submit(version, known, []byte(submitted), read.Namespace))
			judged += 2
		case "CronWorkflow":
			cron := new(C)
			say(read.about(), yaml.UnmarshalStrict(read.content, cron))
			say(read.about(), version.Cron(known, cron))
			judged++
		case "Sensor":
			fires := sensor{}
			say(read.about(), yaml.Unmarshal(read.content, &fires))
			for _, trigger := range fires.Spec.Triggers {
				about := fmt.Sprintf("trigger %s of %s", trigger.Template.Name, read.about())
				workflow := trigger.Template.ArgoWorkflow
				if workflow == nil || workflow.Operation != "submit" || len(workflow.Parameters) > 0 {
					say(about, fmt.Errorf("this program knows only submitting with arguments that are written out"))
					continue
				}
				say(about, submit(version, known, workflow.Source.Resource, read.Namespace))
				judged++
			}
		}
	}
	return judged
}

// As the server does it: the name is made, and the namespace is the Sensor's own where none is written.
func submit[W, T, C any](version Version[W, T, C], known map[string]*T, content []byte, namespace string) error {
	workflow := new(W)
	if err := yaml.UnmarshalStrict(content, workflow); err != nil {
		return err
	}
	meta := any(workflow).(metav1.Object)
	if meta.GetName() == "" {
		meta.SetName(meta.GetGenerateName() + "x2b4c")
	}
	if meta.GetNamespace() == "" {
		meta.SetNamespace(namespace)
	}
	return version.Workflow(known, workflow)
}

func read(paths []string, say func(string, error)) map[string][]*manifest {
	namespaces := map[string][]*manifest{}
	for _, root := range paths {
		say(root, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(path) != ".yaml" {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			found := &manifest{content: content}
			if yaml.Unmarshal(content, found) == nil && strings.HasPrefix(found.APIVersion, "argoproj.io/") {
				namespaces[found.Namespace] = append(namespaces[found.Namespace], found)
			}
			return nil
		}))
	}
	return namespaces
}
