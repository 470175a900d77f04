package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	kedav1alpha1 "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"github.com/kserve/kserve/pkg/apis/serving/v1alpha1"
	"github.com/kserve/kserve/pkg/apis/serving/v1beta1"
	istiov1beta1 "istio.io/client-go/pkg/apis/networking/v1beta1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/types"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/testing"
	knservingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"
)

var scheme = runtime.NewScheme()

func init() {
	for _, add := range []func(*runtime.Scheme) error{
		clientgoscheme.AddToScheme, v1alpha1.AddToScheme, v1beta1.AddToScheme, knservingv1.AddToScheme, istiov1beta1.AddToScheme,
		kedav1alpha1.AddToScheme, gatewayv1.Install,
	} {
		utilruntime.Must(add(scheme))
	}
}

// KServe's settings as it releases them, with what the platform changes in how services are reached.
func released(path, ingress string) (*corev1.ConfigMap, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	settings := &corev1.ConfigMap{}
	if err := yaml.Unmarshal(content, settings); err != nil {
		return nil, err
	}
	section, changes := map[string]any{}, map[string]any{}
	if err := json.Unmarshal([]byte(settings.Data["ingress"]), &section); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(ingress), &changes); err != nil {
		return nil, err
	}
	maps.Copy(section, changes)
	written, err := json.Marshal(section)
	settings.Data["ingress"] = string(written)
	return settings, err
}

// One namespace of a cluster, where KServe and what it builds upon are installed.
type cluster struct {
	namespace string
	settings  *corev1.ConfigMap
	client    client.Client
	host      string
	applied   map[string]client.Object
}

func newCluster(settings *corev1.ConfigMap, host, namespace string) *cluster {
	return &cluster{
		namespace: namespace, settings: settings, host: host, applied: map[string]client.Object{},
		client: fake.NewClientBuilder().WithScheme(scheme).
			WithObjectTracker(testing.NewObjectTracker(scheme, serializer.NewCodecFactory(scheme).UniversalDecoder())).
			WithStatusSubresource(&v1beta1.InferenceService{}, &v1alpha1.InferenceGraph{}, &gatewayv1.HTTPRoute{}, &knservingv1.Service{}).
			WithInterceptorFuncs(interceptor.Funcs{Update: update}).
			WithObjects(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}).Build(),
	}
}

// A dry run, which the client in memory leaves undone. A real server gives the status back that it holds, and older
// controllers take it from there.
func update(ctx context.Context, inner client.WithWatch, object client.Object, options ...client.UpdateOption) error {
	if deployment, ok := object.(*appsv1.Deployment); ok && len((&client.UpdateOptions{}).ApplyOptions(options).DryRun) > 0 {
		held := &appsv1.Deployment{}
		err := inner.Get(ctx, types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()}, held)
		deployment.Status = held.Status
		return err
	}
	return inner.Update(ctx, object, options...)
}

// The defaulting webhook makes its own client for its settings, and the controllers ask which kinds there are: a server for
// these two, and a file in `folder` that says where it is.
func serve(settings *corev1.ConfigMap, folder string) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	host := "http://" + listener.Addr().String()
	go func() {
		_ = http.Serve(listener, http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
			var answer any = settings
			if rest, ok := strings.CutPrefix(request.URL.Path, "/apis/"); ok {
				answer = installed(rest)
			}
			response.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(response).Encode(answer)
		}))
	}()
	path := filepath.Join(folder, "kubeconfig")
	content := fmt.Sprintf(`{"clusters": [{"name": "here", "cluster": {"server": %q}}],
		"contexts": [{"name": "here", "context": {"cluster": "here"}}], "current-context": "here"}`, host)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		return "", err
	}
	return host, os.Setenv("KUBECONFIG", path)
}

func installed(groupVersion string) *metav1.APIResourceList {
	group, version, _ := strings.Cut(groupVersion, "/")
	list := &metav1.APIResourceList{GroupVersion: groupVersion}
	for kind := range scheme.KnownTypes(schema.GroupVersion{Group: group, Version: version}) {
		list.APIResources = append(list.APIResources, metav1.APIResource{Kind: kind})
	}
	return list
}

// What a reconciler of Git does: applies what is there, and prunes what isn't any more. Then KServe's controllers act.
func (held *cluster) become(ctx context.Context, wanted []*manifest, given *answer) error {
	rest := held.applied
	held.applied = map[string]client.Object{}
	for _, one := range wanted {
		object, err := one.typed()
		if err != nil {
			given.find(one.about(), err)
			continue
		}
		before, err := held.current(ctx, one, object)
		if err != nil {
			return err
		}
		if err := held.admit(ctx, one, before, given); err != nil {
			return err
		}
		if before == nil {
			err = held.client.Create(ctx, object)
		} else {
			object.SetResourceVersion(before.GetResourceVersion())
			object.SetFinalizers(before.GetFinalizers())
			err = held.client.Update(ctx, object)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", one.about(), err)
		}
		held.applied[one.about()] = object
		delete(rest, one.about())
	}
	for _, about := range slices.Sorted(maps.Keys(rest)) {
		if err := held.client.Delete(ctx, rest[about]); err != nil {
			return err
		}
	}
	return held.reconcile(ctx, given)
}

func (held *cluster) current(ctx context.Context, one *manifest, like client.Object) (client.Object, error) {
	before := like.DeepCopyObject().(client.Object)
	err := held.client.Get(ctx, client.ObjectKey{Namespace: one.Namespace, Name: one.Name}, before)
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	return before, err
}
