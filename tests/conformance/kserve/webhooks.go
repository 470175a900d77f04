package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/kserve/kserve/pkg/apis/serving/v1alpha1"
	"github.com/kserve/kserve/pkg/apis/serving/v1beta1"
	"github.com/kserve/kserve/pkg/webhook/admission/servingruntime"
	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

// Asks KServe's webhooks, as the API server would before it keeps `one` in the place of `before`.
func (held *cluster) admit(ctx context.Context, one *manifest, before client.Object, given *answer) error {
	request := admission.Request{AdmissionRequest: admissionv1.AdmissionRequest{
		UID: "1", Name: one.Name, Namespace: one.Namespace, Operation: admissionv1.Create,
		Object: runtime.RawExtension{Raw: one.raw},
	}}
	if before != nil {
		raw, err := json.Marshal(before)
		if err != nil {
			return err
		}
		request.Operation, request.OldObject = admissionv1.Update, runtime.RawExtension{Raw: raw}
	}
	switch one.Kind {
	case "InferenceService":
		service := &v1beta1.InferenceService{}
		defaulted := admission.WithCustomDefaulter(scheme, service, &v1beta1.InferenceServiceDefaulter{}).Handle(ctx, request)
		given.find(one.about(), refused(defaulted))
		given.find(one.about(), changed(defaulted))
		validated := admission.WithCustomValidator(scheme, service, &v1beta1.InferenceServiceValidator{}).Handle(ctx, request)
		given.find(one.about(), refused(validated))
	case "InferenceGraph":
		validated := admission.WithCustomValidator(scheme, &v1alpha1.InferenceGraph{}, &v1alpha1.InferenceGraphValidator{})
		given.find(one.about(), refused(validated.Handle(ctx, request)))
	case "ServingRuntime":
		validator := servingruntime.ServingRuntimeValidator{Client: held.client, Decoder: admission.NewDecoder(scheme)}
		given.find(one.about(), refused(validator.Handle(ctx, request)))
	case "ServiceAccount":
		return nil
	default:
		given.find(one.about(), errors.New("this program knows no webhook for its kind"))
	}
	given.Judged++
	return nil
}

func refused(response admission.Response) error {
	if !response.Allowed {
		return fmt.Errorf("refused: %s", response.Result.Message)
	}
	if len(response.Warnings) > 0 {
		return fmt.Errorf("warned: %s", strings.Join(response.Warnings, "; "))
	}
	return nil
}

// What the webhook would write into the manifest. A status and a moment of creation are never kept from a manifest.
func changed(response admission.Response) error {
	found := []error{}
	for _, patch := range response.Patches {
		if patch.Path != "/status" && patch.Path != "/metadata/creationTimestamp" {
			found = append(found, fmt.Errorf("defaulting changes it: %s", patch.Json()))
		}
	}
	return errors.Join(found...)
}
