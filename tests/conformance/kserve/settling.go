package main

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"
	knservingv1 "knative.dev/serving/pkg/apis/serving/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// What the rest of a cluster does when all goes well: Deployments get their Pods, gateways take the routes, and Knative has the
// newest revision ready. KServe waits for all of it before it goes on.
func (held *cluster) settle(ctx context.Context) error {
	deployments := &appsv1.DeploymentList{}
	if err := held.client.List(ctx, deployments); err != nil {
		return err
	}
	for i := range deployments.Items {
		deployment := &deployments.Items[i]
		if len(deployment.Status.Conditions) > 0 {
			continue
		}
		deployment.Status.Conditions = []appsv1.DeploymentCondition{
			{Type: appsv1.DeploymentAvailable, Status: corev1.ConditionTrue},
			{Type: appsv1.DeploymentProgressing, Status: corev1.ConditionTrue, Reason: "NewReplicaSetAvailable"},
		}
		if err := held.client.Status().Update(ctx, deployment); err != nil {
			return err
		}
	}
	routes := &gatewayv1.HTTPRouteList{}
	if err := held.client.List(ctx, routes); err != nil {
		return err
	}
	for i := range routes.Items {
		route := &routes.Items[i]
		if len(route.Status.Parents) > 0 {
			continue
		}
		for _, parent := range route.Spec.ParentRefs {
			route.Status.Parents = append(route.Status.Parents, gatewayv1.RouteParentStatus{
				ParentRef: parent, ControllerName: "example.com/gateway",
				Conditions: []metav1.Condition{{
					Type: string(gatewayv1.RouteConditionAccepted), Status: metav1.ConditionTrue, Reason: "Accepted", LastTransitionTime: metav1.Now(),
				}},
			})
		}
		if err := held.client.Status().Update(ctx, route); err != nil {
			return err
		}
	}
	return held.settleKnative(ctx)
}

func (held *cluster) settleKnative(ctx context.Context) error {
	services := &knservingv1.ServiceList{}
	if err := held.client.List(ctx, services); err != nil {
		return err
	}
	for i := range services.Items {
		service := &services.Items[i]
		revision, err := revisionOf(service)
		if err != nil {
			return err
		}
		if service.Status.LatestReadyRevisionName == revision {
			continue
		}
		host := service.Name + "." + service.Namespace
		service.Status.Conditions = duckv1.Conditions{}
		for _, kind := range []apis.ConditionType{
			knservingv1.ServiceConditionReady, knservingv1.ServiceConditionConfigurationsReady, knservingv1.ServiceConditionRoutesReady,
		} {
			service.Status.Conditions = append(service.Status.Conditions, apis.Condition{Type: kind, Status: corev1.ConditionTrue})
		}
		service.Status.LatestCreatedRevisionName, service.Status.LatestReadyRevisionName = revision, revision
		service.Status.URL = apis.HTTP(host + ".example.com")
		service.Status.Address = &duckv1.Addressable{URL: apis.HTTP(host + ".svc.cluster.local")}
		if err := held.client.Status().Update(ctx, service); err != nil {
			return err
		}
	}
	return nil
}

// Another template is another revision.
func revisionOf(service *knservingv1.Service) (string, error) {
	written, err := json.Marshal(service.Spec.Template)
	return fmt.Sprintf("%s-%x", service.Name, crc32.ChecksumIEEE(written)), err
}
