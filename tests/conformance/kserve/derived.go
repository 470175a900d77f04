package main

import (
	"context"
	"encoding/json"

	kedav1alpha1 "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	podwebhook "github.com/kserve/kserve/pkg/webhook/admission/pod"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	istiov1beta1 "istio.io/client-go/pkg/apis/networking/v1beta1"
	admissionv1 "k8s.io/api/admission/v1"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/pkg/apis"
	knativeconfig "knative.dev/serving/pkg/apis/config"
	knservingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// What KServe has made, with the Pods as its webhook changes them, and Knative's own validation where it made a Service of it.
func (held *cluster) derived(ctx context.Context, given *answer) error {
	for _, list := range []client.ObjectList{
		&appsv1.DeploymentList{}, &corev1.ServiceList{}, &autoscalingv2.HorizontalPodAutoscalerList{}, &kedav1alpha1.ScaledObjectList{},
		&gatewayv1.HTTPRouteList{}, &networkingv1.IngressList{}, &istiov1beta1.VirtualServiceList{}, &knservingv1.ServiceList{},
	} {
		if err := held.client.List(ctx, list, client.InNamespace(held.namespace)); err != nil {
			return err
		}
		items, err := apimeta.ExtractList(list)
		if err != nil {
			return err
		}
		for _, item := range items {
			object := item.(client.Object)
			kind, err := apiutil.GVKForObject(object, scheme)
			if err != nil {
				return err
			}
			object.GetObjectKind().SetGroupVersionKind(kind)
			given.Derived = append(given.Derived, object)
			switch made := object.(type) {
			case *appsv1.Deployment:
				err = held.pod(ctx, made.Name, made.Spec.Template, given)
			case *knservingv1.Service:
				given.find("Knative Service "+held.namespace+"/"+made.Name, validKnative(ctx, made))
				err = held.pod(ctx, made.Name, corev1.PodTemplateSpec{
					ObjectMeta: made.Spec.Template.ObjectMeta, Spec: made.Spec.Template.Spec.PodSpec,
				}, given)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Where Pods are placed is nothing that Knative allows by itself: a platform that places servers has it allowed.
var placing = map[string]string{
	"kubernetes.podspec-affinity": "enabled", "kubernetes.podspec-nodeselector": "enabled",
	"kubernetes.podspec-priorityclassname": "enabled", "kubernetes.podspec-tolerations": "enabled",
	"kubernetes.podspec-topologyspreadconstraints": "enabled",
}

func validKnative(ctx context.Context, made *knservingv1.Service) error {
	features, err := knativeconfig.NewFeaturesConfigFromMap(placing)
	if err != nil {
		return err
	}
	settings := knativeconfig.FromContextOrDefaults(ctx)
	settings.Features = features
	ctx = knativeconfig.ToContext(ctx, settings)
	made = made.DeepCopy()
	made.SetDefaults(ctx)
	if refused := made.Validate(apis.WithinCreate(ctx)); refused != nil {
		return refused
	}
	return nil
}

func (held *cluster) pod(ctx context.Context, name string, template corev1.PodTemplateSpec, given *answer) error {
	pod := &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: template.ObjectMeta, Spec: template.Spec,
	}
	pod.Name, pod.Namespace = name, held.namespace
	raw, err := json.Marshal(pod)
	if err != nil {
		return err
	}
	mutator := podwebhook.Mutator{Client: held.client, Clientset: held.clientset(), Decoder: admission.NewDecoder(scheme)}
	response := mutator.Handle(ctx, admission.Request{AdmissionRequest: admissionv1.AdmissionRequest{
		UID: "1", Name: name, Namespace: held.namespace, Operation: admissionv1.Create, Object: runtime.RawExtension{Raw: raw},
	}})
	given.find("Pod of "+name, refused(response))
	patch, err := json.Marshal(response.Patches)
	if err != nil {
		return err
	}
	steps, err := jsonpatch.DecodePatch(patch)
	if err != nil {
		return err
	}
	if raw, err = steps.Apply(raw); err != nil {
		return err
	}
	changed := &corev1.Pod{}
	if err := json.Unmarshal(raw, changed); err != nil {
		return err
	}
	given.Derived = append(given.Derived, changed)
	return nil
}
