// Holds manifests to the validation that the controller of Argo Workflows 3.7 and its `argo lint` apply.
package main

import (
	"context"
	"fmt"

	"argo/judging"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/argoproj/argo-workflows/v3/workflow/validate"
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
	judging.Main(judging.Version[wfv1.Workflow, wfv1.WorkflowTemplate, wfv1.CronWorkflow]{
		Workflow: func(known map[string]*wfv1.WorkflowTemplate, workflow *wfv1.Workflow) error {
			submitted := validate.ValidateOpts{Submit: true}
			return validate.ValidateWorkflow(templates(known), clusterTemplates{}, workflow, nil, submitted)
		},
		Template: func(known map[string]*wfv1.WorkflowTemplate, template *wfv1.WorkflowTemplate) error {
			linted := validate.ValidateOpts{Lint: true}
			return validate.ValidateWorkflowTemplate(templates(known), clusterTemplates{}, template, nil, linted)
		},
		Cron: func(known map[string]*wfv1.WorkflowTemplate, cron *wfv1.CronWorkflow) error {
			return validate.ValidateCronWorkflow(context.Background(), templates(known), clusterTemplates{}, cron, nil)
		},
	})
}
