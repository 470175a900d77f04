package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

type manifest struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	raw               []byte // as JSON
}

func (one *manifest) about() string {
	return fmt.Sprintf("%s %s/%s", one.Kind, one.Namespace, one.Name)
}

func (one *manifest) kind() schema.GroupVersionKind {
	return schema.FromAPIVersionAndKind(one.APIVersion, one.Kind)
}

// Into KServe's own type, which has no place for a field that it doesn't know.
func (one *manifest) typed() (client.Object, error) {
	made, err := scheme.New(one.kind())
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(one.raw))
	decoder.DisallowUnknownFields()
	return made.(client.Object), decoder.Decode(made)
}

// The resources of KServe below a folder, and the service accounts that they run as, by namespace.
func read(root string) (map[string][]*manifest, error) {
	found := map[string][]*manifest{}
	return found, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		raw, err := yaml.YAMLToJSON(content)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		one := &manifest{raw: raw}
		// What is no manifest has no kind, and a list has no fields.
		if json.Unmarshal(raw, one) == nil && (strings.HasPrefix(one.APIVersion, "serving.kserve.io/") || one.Kind == "ServiceAccount") {
			found[one.Namespace] = append(found[one.Namespace], one)
		}
		return nil
	})
}
