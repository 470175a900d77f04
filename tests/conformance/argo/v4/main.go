// Holds manifests to the validation that the controller of Argo Workflows 4 and its `argo lint` apply.
//
// 4.0 is the nearest to 4.1 whose sources are published as a Go module that can be had everywhere. What 4.x removed (`schedule`,
// a single mutex or semaphore, `podPriority`) is gone in 4.0 already; what 4.1 added is judged by its CRDs.
package main

import (
	"context"
	"fmt"

	"argo/judging"

	wfv1 "github.com/argoproj/argo-workflows/v4/pkg/apis/workflow/v1alpha1"
	"github.com/argoproj/argo-workflows/v4/util/logging"
	"github.com/argoproj/argo-workflows/v4/workflow/validate"
)

type templates map[string]*wfv1.WorkflowTemplate

func (known templates) Get(_ context.Context, name string) (*wfv1.WorkflowTemplate, error) {
	if found, ok := known[name]; ok {
		return found, nil
	}
	return nil, fmt.Errorf("there is no WorkflowTemplate %s", name)
}

type clusterTemplates struct{}

func (clusterTemplates) Get(_ context.Context, name string) (*wfv1.ClusterWorkflowTemplate, error) {
	return nil, fmt.Errorf("there is no ClusterWorkflowTemplate %s", name)
}

func main() {
	ctx := logging.WithLogger(context.Background(), logging.NewSlogLogger(logging.Error, logging.Text))
	judging.Main(judging.Version[wfv1.Workflow, wfv1.WorkflowTemplate, wfv1.CronWorkflow]{
		Workflow: func(known map[string]*wfv1.WorkflowTemplate, workflow *wfv1.Workflow) error {
			submitted := validate.ValidateOpts{Submit: true}
			return validate.ValidateWorkflow(ctx, templates(known), clusterTemplates{}, workflow, nil, submitted)
		},
		Template: func(known map[string]*wfv1.WorkflowTemplate, template *wfv1.WorkflowTemplate) error {
			linted := validate.ValidateOpts{Lint: true}
			return validate.ValidateWorkflowTemplate(ctx, templates(known), clusterTemplates{}, template, nil, linted)
		},
		Cron: func(known map[string]*wfv1.WorkflowTemplate, cron *wfv1.CronWorkflow) error {
			return validate.ValidateCronWorkflow(ctx, templates(known), clusterTemplates{}, cron, nil)
		},
	})
}
