package tools

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/yannh/kubeconform/pkg/resource"
	"github.com/yannh/kubeconform/pkg/validator"
	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

const manifests = root + "/deploy/kubernetes"

// object is one of Kubernetes', as written.
type object map[string]any

// at is what an object has at a path; nil if it has nothing there.
func (o object) at(path ...string) any {
	var value any = map[string]any(o)
	for _, name := range path {
		fields, _ := value.(map[string]any)
		value = fields[name]
	}
	return value
}

// podOf is the template of an object's pods; nil of one that has none.
func podOf(o object) object {
	for _, path := range [][]string{
		{"spec", "template", "spec"},
		{"spec", "jobTemplate", "spec", "template", "spec"},
	} {
		if pod, ok := o.at(path...).(map[string]any); ok {
			return pod
		}
	}
	return nil
}

func TestKubernetesTakesWhatKustomizeBuilds(t *testing.T) {
	checker, err := validator.New(
		[]string{"testdata/kubernetes-1.30/{{.ResourceKind}}{{.KindSuffix}}.json"},
		validator.Opts{
			Strict: true,
			// Their definitions come with the Prometheus Operator; other tests look at them.
			SkipKinds: map[string]struct{}{"ServiceMonitor": {}, "PrometheusRule": {}},
		})
	require.NoError(t, err)

	for _, built := range builds(t) {
		for document := range bytes.SplitSeq(built.text, []byte("\n---\n")) {
			result := checker.ValidateResource(resource.Resource{Path: built.name, Bytes: document})
			require.Contains(t, []validator.Status{validator.Valid, validator.Skipped}, result.Status, "%s: %v\n%s", built.name, result.Err, document)
		}
	}
}

func TestTheSchemasRefuseAFieldThatKubernetesDoesNotHave(t *testing.T) {
	checker, err := validator.New([]string{"testdata/kubernetes-1.30/{{.ResourceKind}}{{.KindSuffix}}.json"}, validator.Opts{Strict: true})
	require.NoError(t, err)
	text, err := os.ReadFile(manifests + "/base/deployment.yaml")
	require.NoError(t, err)
	for from, to := range map[string]string{
		"readOnlyRootFilesystem: true": "readOnlyRootFileSystem: true",
		"replicas: 3":                  "replicas: three",
		"    spec:\n":                  "    spec:\n      hostNetworks: true\n",
	} {
		require.Contains(t, string(text), from)
		broken := strings.Replace(string(text), from, to, 1)
		result := checker.ValidateResource(resource.Resource{Bytes: []byte(broken)})
		require.Equal(t, validator.Invalid, result.Status, to)
	}
}

func TestNoPodOfOursHasAPrivilege(t *testing.T) {
	seen, images := map[string]int{}, map[any]bool{}
	for _, built := range builds(t) {
		for _, o := range built.objects(t) {
			pod := podOf(o)
			if pod == nil {
				continue
			}
			seen[o["kind"].(string)]++
			name := built.name + ": " + o["kind"].(string)
			require.Equal(t, true, pod.at("securityContext", "runAsNonRoot"), name)
			require.Equal(t, "RuntimeDefault", pod.at("securityContext", "seccompProfile", "type"), name)
			require.Equal(t, false, pod.at("automountServiceAccountToken"), name)
			containers, _ := pod["containers"].([]any)
			require.Len(t, containers, 1, name)
			container := object(containers[0].(map[string]any))
			require.Equal(t, false, container.at("securityContext", "allowPrivilegeEscalation"), name)
			require.Equal(t, true, container.at("securityContext", "readOnlyRootFilesystem"), name)
			require.Equal(t, []any{"ALL"}, container.at("securityContext", "capabilities", "drop"), name)
			require.NotNil(t, container.at("resources", "requests", "memory"), name)
			require.NotNil(t, container.at("resources", "limits", "memory"), name)
			require.Regexp(t, `^ghcr\.io/siltgate/siltgate:\d+\.\d+\.\d+$`, container["image"], name)
			images[container["image"]] = true
			require.Contains(t, env(container), "DATABASE_URL_FILE", "a URL among the variables is read once")
		}
	}
	require.Len(t, seen, 3, "Deployment, Job and CronJob")
	require.Len(t, images, 1, "all of one version")
}

func TestTheFleetIsSpreadAndChecked(t *testing.T) {
	for _, built := range builds(t) {
		for _, o := range built.objects(t) {
			if o["kind"] != "Deployment" || o.at("metadata", "name") != "siltgate" {
				continue
			}
			require.EqualValues(t, 3, o.at("spec", "replicas"))
			spread, _ := podOf(o)["topologySpreadConstraints"].([]any)
			require.Len(t, spread, 2)
			container := object(podOf(o)["containers"].([]any)[0].(map[string]any))
			require.Equal(t, "/healthz", container.at("livenessProbe", "httpGet", "path"))
			require.Equal(t, "/readyz", container.at("readinessProbe", "httpGet", "path"))
			return
		}
	}
	t.Fatal("no Deployment of the name siltgate")
}

func TestTheCronJobTakesThePlaceOfTheFleet(t *testing.T) {
	kinds := map[string][]string{}
	for _, built := range builds(t) {
		for _, o := range built.objects(t) {
			kinds[built.name] = append(kinds[built.name], o["kind"].(string))
		}
	}
	require.ElementsMatch(t, []string{"ConfigMap", "CronJob", "NetworkPolicy", "ServiceAccount"}, kinds["base with cronjob"])
	require.ElementsMatch(t, []string{"ConfigMap", "Deployment", "NetworkPolicy", "PodDisruptionBudget", "ServiceAccount"}, kinds["base"])
}

// A selector that selects nothing is no error anywhere.
func TestEverySelectorFindsPods(t *testing.T) {
	selectors := 0
	for _, built := range builds(t) {
		objects := built.objects(t)
		for _, o := range objects {
			for _, path := range [][]string{{"spec", "selector", "matchLabels"}, {"spec", "podSelector", "matchLabels"}, {"spec", "selector"}} {
				wanted, ok := o.at(path...).(map[string]any)
				if !ok || wanted["matchLabels"] != nil {
					continue
				}
				selectors++
				found := false
				for _, other := range objects {
					labels := other.at("spec", "template", "metadata", "labels")
					if o["kind"] == "ServiceMonitor" {
						labels = nil
						if other["kind"] == "Service" {
							labels = other.at("metadata", "labels")
						}
					}
					if other["kind"] == "CronJob" {
						labels = other.at("spec", "jobTemplate", "spec", "template", "metadata", "labels")
					}
					has, _ := labels.(map[string]any)
					found = found || has != nil && subset(wanted, has)
				}
				require.True(t, found, "%s: %s selects nothing by %v", built.name, o["kind"], wanted)
			}
		}
	}
	require.Greater(t, selectors, 20)
}

func subset(wanted, has map[string]any) bool {
	for name, value := range wanted {
		if has[name] != value {
			return false
		}
	}
	return true
}

func env(container object) []string {
	var names []string
	entries, _ := container["env"].([]any)
	for _, entry := range entries {
		names = append(names, entry.(map[string]any)["name"].(string))
	}
	return names
}

// built is what kustomize makes of a directory.
type built struct {
	name string
	text []byte
}

func (b built) objects(t *testing.T) []object {
	t.Helper()
	var all []object
	for document := range bytes.SplitSeq(b.text, []byte("\n---\n")) {
		var o map[string]any
		require.NoError(t, yaml.Unmarshal(document, &o), b.name)
		all = append(all, o)
	}
	return all
}

// builds are all that can be built: base, migrate and example, and the base with each component.
func builds(t *testing.T) []built {
	t.Helper()
	dirs := map[string]string{}
	for _, dir := range []string{"base", "migrate", "example"} {
		dirs[dir] = manifests + "/" + dir
	}
	components, err := filepath.Glob(manifests + "/components/*")
	require.NoError(t, err)
	require.Len(t, components, 4)
	base, err := filepath.Abs(manifests)
	require.NoError(t, err)
	for _, component := range components {
		name := filepath.Base(component)
		dir := t.TempDir()
		relative, err := filepath.Rel(dir, base)
		require.NoError(t, err)
		text := "kind: Kustomization\nresources: [" + relative + "/base]\ncomponents: [" + relative + "/components/" + name + "]\n"
		require.NoError(t, os.WriteFile(dir+"/kustomization.yaml", []byte(text), 0o600))
		dirs["base with "+name] = dir
	}
	var all []built
	for name, dir := range dirs {
		made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
		require.NoError(t, err, name)
		text, err := made.AsYaml()
		require.NoError(t, err, name)
		all = append(all, built{name: name, text: text})
	}
	return all
}
