// Holds manifests to the validation that Argo Workflows' own controller and `argo lint` apply.
//
// Every argument is a file with a WorkflowTemplate or a CronWorkflow; the templates among them may refer to each other.
// Each template is also validated as the Workflow that is submitted from it, with all variables resolved. Findings go to
// standard output, one a line; the exit code is 1 where there are some.
package main

import (
	"context"
	"fmt"
	"os"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/argoproj/argo-workflows/v3/workflow/validate"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

type templates map[string]*wfv1.WorkflowTemplate

func (known templates) Get(name string) (*wfv1.WorkflowTemplate, error) {
	if found, ok := known[name]; ok {
		return found, nil
	}
	return nil, fmt.Errorf("there is no WorkflowTemplate %s", name)
}

type clusterTemplates struct{}

func (clusterTemplates) Get(name string) (*wfv1.ClusterWorkflowTemplate, error) {
	return nil, fmt.Errorf("there is no ClusterWorkflowTemplate %s", name)
}

func main() {
	known := templates{}
	crons := []*wfv1.CronWorkflow{}
	found := 0
	say := func(about string, err error) {
		if err != nil {
			fmt.Printf("%s: %v\n", about, err)
			found++
		}
	}
	for _, path := range os.Args[1:] {
		data, err := os.ReadFile(path)
		if err != nil {
			panic(err)
		}
		var kind metav1.TypeMeta
		say(path, yaml.Unmarshal(data, &kind))
		switch kind.Kind {
		case "WorkflowTemplate":
			template := &wfv1.WorkflowTemplate{}
			say(path, yaml.UnmarshalStrict(data, template))
			known[template.Name] = template
		case "CronWorkflow":
			cron := &wfv1.CronWorkflow{}
			say(path, yaml.UnmarshalStrict(data, cron))
			crons = append(crons, cron)
		}
	}
	for name, template := range known {
		linted := validate.ValidateOpts{Lint: true}
		say("WorkflowTemplate "+name, validate.ValidateWorkflowTemplate(known, clusterTemplates{}, template, nil, linted))
		submitted := &wfv1.Workflow{
			ObjectMeta: metav1.ObjectMeta{Name: name + "-x", Namespace: template.Namespace},
			Spec:       wfv1.WorkflowSpec{WorkflowTemplateRef: &wfv1.WorkflowTemplateRef{Name: name}},
		}
		say("Workflow of "+name, validate.ValidateWorkflow(known, clusterTemplates{}, submitted, nil, validate.ValidateOpts{Submit: true}))
	}
	for _, cron := range crons {
		err := validate.ValidateCronWorkflow(context.Background(), known, clusterTemplates{}, cron, nil)
		say("CronWorkflow "+cron.Name, err)
	}
	if found > 0 {
		os.Exit(1)
	}
}
