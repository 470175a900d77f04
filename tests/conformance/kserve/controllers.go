package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/go-logr/logr"
	"github.com/kserve/kserve/pkg/apis/serving/v1alpha1"
	"github.com/kserve/kserve/pkg/apis/serving/v1beta1"
	"github.com/kserve/kserve/pkg/controller/v1alpha1/inferencegraph"
	"github.com/kserve/kserve/pkg/controller/v1beta1/inferenceservice"
	isvcutils "github.com/kserve/kserve/pkg/controller/v1beta1/inferenceservice/utils"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	kubernetesfake "k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/record"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// As many runs as a service needs to settle: the first ones create, and fail for want of what is not ready yet.
const runs = 4

func (held *cluster) clientset() kubernetes.Interface {
	autoscaler := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "config-autoscaler", Namespace: "knative-serving"}}
	return kubernetesfake.NewSimpleClientset(held.settings, autoscaler)
}

func (held *cluster) reconcile(ctx context.Context, given *answer) error {
	asked := &rest.Config{Host: held.host}
	services := &inferenceservice.InferenceServiceReconciler{
		Client: held.client, ClientConfig: asked, Clientset: held.clientset(), Log: logr.Discard(), Scheme: scheme,
		Recorder: record.NewFakeRecorder(1000),
	}
	// Only later versions have the field.
	if field := reflect.ValueOf(services).Elem().FieldByName("VirtualServiceAvailable"); field.IsValid() {
		field.SetBool(true)
	}
	graphs := &inferencegraph.InferenceGraphReconciler{
		Client: held.client, ClientConfig: asked, Clientset: held.clientset(), Log: logr.Discard(), Scheme: scheme,
		Recorder: record.NewFakeRecorder(1000),
	}
	// Graphs come last: they want the addresses of services.
	for _, each := range []struct {
		kind       string
		controller reconcile.Reconciler
	}{{"InferenceService", services}, {"InferenceGraph", graphs}} {
		for _, about := range slices.Sorted(maps.Keys(held.applied)) {
			if !strings.HasPrefix(about, each.kind+" ") {
				continue
			}
			if err := held.run(ctx, about, each.controller, client.ObjectKeyFromObject(held.applied[about]), given); err != nil {
				return err
			}
		}
	}
	return held.ready(ctx, given)
}

func (held *cluster) run(
	ctx context.Context, about string, controller reconcile.Reconciler, key client.ObjectKey, given *answer,
) error {
	var failed error
	for range runs {
		_, failed = controller.Reconcile(ctx, ctrl.Request{NamespacedName: key})
		if err := held.settle(ctx); err != nil {
			return err
		}
	}
	if failed != nil {
		given.find(about, fmt.Errorf("the controller fails: %w", failed))
	}
	return nil
}

// Whether everything that was applied is ready, as it would be where the model loads and the Pods start.
func (held *cluster) ready(ctx context.Context, given *answer) error {
	for _, about := range slices.Sorted(maps.Keys(held.applied)) {
		object := held.applied[about]
		if err := held.client.Get(ctx, client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		switch kept := object.(type) {
		case *v1beta1.InferenceService:
			given.find(about, held.selected(ctx, kept))
			if info := kept.Status.ModelStatus.LastFailureInfo; info != nil {
				given.find(about, fmt.Errorf("the controller reports %s: %s", info.Reason, info.Message))
			}
			given.find(about, unready(kept.Status.Conditions))
		case *v1alpha1.InferenceGraph:
			given.find(about, unready(kept.Status.Conditions))
		}
	}
	return nil
}

func unready(conditions duckv1.Conditions) error {
	said := []string{}
	for _, condition := range conditions {
		if condition.Type == apis.ConditionReady && condition.Status == corev1.ConditionTrue {
			return nil
		}
		said = append(said, fmt.Sprintf("%s is %s %s %s", condition.Type, condition.Status, condition.Reason, condition.Message))
	}
	return fmt.Errorf("it does not become ready: %s", strings.Join(said, "; "))
}

// KServe makes a server of one model of it, and its choice among runtimes has the one that the service names.
func (held *cluster) selected(ctx context.Context, service *v1beta1.InferenceService) error {
	if isvcutils.IsMMSPredictor(&service.Spec.Predictor) {
		return errors.New("it becomes a server of many models, with an agent that pulls them")
	}
	model := service.Spec.Predictor.Model
	if model == nil || model.Runtime == nil {
		return errors.New("it names no runtime")
	}
	supporting, err := model.GetSupportingRuntimes(ctx, held.client, held.namespace, false, false)
	if err != nil {
		return err
	}
	for _, runtime := range supporting {
		if runtime.Name == *model.Runtime {
			return nil
		}
	}
	return fmt.Errorf("its runtime %s does not support it", *model.Runtime)
}
