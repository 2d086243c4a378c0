package tools

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"
)

// blockOfTheDocs is the block of docs/deploy.md or docs/operations.md that a test holds.
func blockOfTheDocs(t *testing.T) string {
	t.Helper()
	var pages strings.Builder
	for _, name := range []string{"deploy.md", "operations.md"} {
		page, err := os.ReadFile(root + "/docs/" + name)
		require.NoError(t, err)
		pages.Write(page)
	}
	_, block, found := strings.Cut(pages.String(), "<!-- held by "+t.Name()+" -->\n```sh\n")
	require.True(t, found)
	block, _, _ = strings.Cut(block, "```")
	return block
}

// commandsOfTheDocs are those of that block, each as its words.
func commandsOfTheDocs(t *testing.T) [][]string {
	t.Helper()
	var all [][]string
	for line := range strings.Lines(blockOfTheDocs(t)) {
		all = append(all, strings.Fields(line))
	}
	require.Greater(t, len(all), 4)
	return all
}

// Here is no cluster: what the commands name has to be what the manifests name.
func TestTheCommandsOfTheDocsFitWhatKustomizeBuilds(t *testing.T) {
	made := map[string][]object{}
	for _, b := range builds(t) {
		made[b.name] = b.objects(t)
	}
	secrets, jobs, namespace := map[string]string{}, map[any]bool{}, ""
	for _, words := range commandsOfTheDocs(t) {
		command := strings.Join(words, " ")
		if found := regexp.MustCompile(`^kubectl create namespace (\S+)$`).FindStringSubmatch(command); found != nil {
			namespace = found[1]
			continue
		}
		command, ok := strings.CutPrefix(command, "kubectl -n "+namespace+" ")
		require.True(t, ok, "%s: it is for the namespace that was created", command)
		if found := regexp.MustCompile(`^create secret generic (\S+) --from-literal=(\S+?)='postgres://\S+'$`).FindStringSubmatch(command); found != nil {
			secrets[found[1]] = found[2]
			continue
		}
		if found := regexp.MustCompile(`^wait --for=condition=Complete --timeout=\w+ job/(\S+)$`).FindStringSubmatch(command); found != nil {
			require.True(t, jobs[found[1]], "%s: no such Job was applied", command)
			continue
		}
		dir, ok := strings.CutPrefix(command, "apply -k ")
		require.True(t, ok, "%s: nothing holds it", command)
		require.DirExists(t, filepath.Join(root, dir))
		objects := made[filepath.Base(dir)]
		require.NotEmpty(t, objects, command)
		pods := 0
		for _, o := range objects {
			if o["kind"] == "Job" {
				jobs[o.at("metadata", "name")] = true
			}
			pod := podOf(o)
			if pod == nil {
				continue
			}
			pods++
			for name, keys := range secretsOf(pod) {
				require.Contains(t, secrets, name, "%s: it wants this Secret", command)
				for _, key := range keys {
					require.Equal(t, secrets[name], key, command)
				}
				delete(secrets, name)
			}
		}
		require.Positive(t, pods, command)
	}
	require.Empty(t, secrets, "no pod wants these")
	require.Len(t, jobs, 1)
}

// secretsOf are the Secrets that a pod sees as files, with the keys that it takes of each.
func secretsOf(pod object) map[string][]any {
	wanted := map[string][]any{}
	volumes, _ := pod["volumes"].([]any)
	for _, volume := range volumes {
		secret, ok := volume.(map[string]any)["secret"].(map[string]any)
		if !ok {
			continue
		}
		name := secret["secretName"].(string)
		for _, item := range secret["items"].([]any) {
			wanted[name] = append(wanted[name], item.(map[string]any)["key"])
		}
	}
	return wanted
}

// Where there is no Docker engine, what the commands name has to be what the file names.
func TestTheCommandsOfTheDocsFitTheComposeFile(t *testing.T) {
	services := loadCompose(t).Services
	profiled := func(profile string) []types.ServiceConfig {
		var all []types.ServiceConfig
		for _, service := range services {
			if slices.Contains(service.Profiles, profile) {
				all = append(all, service)
			}
		}
		require.NotEmpty(t, all, profile)
		return all
	}
	for _, words := range commandsOfTheDocs(t) {
		command := strings.Join(words, " ")
		require.Equal(t, []string{"docker", "compose"}, words[:2], command)
		words = words[2:]
		var behind []types.ServiceConfig
		for words[0] == "--profile" {
			behind = append(behind, profiled(words[1])...)
			words = words[2:]
		}
		switch words[0] {
		case "up", "down":
		case "logs":
			require.Contains(t, services, words[len(words)-1], command)
		case "exec":
			require.Contains(t, services, words[1], command)
			require.Contains(t, command, "-d "+*services[words[1]].Environment["POSTGRES_DB"]+" ")
		default:
			require.Fail(t, "nothing holds it", command)
		}
		for _, address := range regexp.MustCompile(`http://\S+`).FindAllString(command, -1) {
			u, err := url.Parse(address)
			require.NoError(t, err)
			require.True(t, slices.ContainsFunc(behind, func(s types.ServiceConfig) bool {
				return slices.ContainsFunc(s.Ports, func(p types.ServicePortConfig) bool { return p.HostIP == u.Hostname() && p.Published == u.Port() })
			}), command)
		}
	}
}

// Whoever is woken at night types these: each calls the program where a replica has its environment.
func TestTheCommandsOfTheRunbookFitWhatDeploys(t *testing.T) {
	commands := strings.Split(strings.TrimSpace(blockOfTheDocs(t)), "\n")
	require.Len(t, commands, 3)

	dockerfile, err := os.ReadFile(root + "/deploy/release/Dockerfile")
	require.NoError(t, err)
	require.Contains(t, string(dockerfile), `ENTRYPOINT ["/siltgate"]`)
	var deployments []any
	for _, b := range builds(t) {
		for _, o := range b.objects(t) {
			if o["kind"] == "Deployment" {
				deployments = append(deployments, o.at("metadata", "name"))
			}
		}
	}
	kubernetes := regexp.MustCompile(`^kubectl -n siltgate exec deploy/(\S+) -- /siltgate doctor$`).FindStringSubmatch(commands[0])
	require.NotNil(t, kubernetes, commands[0])
	require.Contains(t, deployments, kubernetes[1])

	compose := regexp.MustCompile(`^docker compose exec (\S+) /siltgate doctor$`).FindStringSubmatch(commands[1])
	require.NotNil(t, compose, commands[1])
	require.Equal(t, types.ShellCommand{"run"}, loadCompose(t).Services[compose[1]].Command)

	unit, err := os.ReadFile(root + "/deploy/systemd/siltgate.service")
	require.NoError(t, err)
	systemd := regexp.MustCompile(`^sudo -u (\S+) sh -c 'set -a; \. (\S+); (\S+) siltgate doctor'   # systemd$`).FindStringSubmatch(commands[2])
	require.NotNil(t, systemd, commands[2])
	require.Contains(t, string(unit), "\nUser="+systemd[1]+"\n")
	require.Contains(t, string(unit), "\nEnvironmentFile=-"+systemd[2]+"\n")
	require.Contains(t, string(unit), "\nEnvironment="+systemd[3]+"\n")
}

// Nothing is signed here: what the commands name has to be what the release makes.
func TestTheCommandsThatVerifyAReleaseFitWhatItSigns(t *testing.T) {
	r := readRelease(t)
	block := strings.ReplaceAll(blockOfTheDocs(t), "\\\n  ", "")
	sums := r.Checksum["name_template"]
	require.Equal(t, "checksum", r.Signs[0].Artifacts)
	require.Contains(t, r.Signs[0].Args, "--bundle=${signature}")
	require.Contains(t, block, "cosign verify-blob "+sums+" --bundle "+strings.ReplaceAll(r.Signs[0].Signature, "${artifact}", sums)+" ")
	require.Contains(t, block, "sha256sum --check --ignore-missing "+sums+"\n")

	deployment, err := os.ReadFile(root + "/deploy/kubernetes/base/deployment.yaml")
	require.NoError(t, err)
	_, version, _ := strings.Cut(string(deployment), "image: ghcr.io/siltgate/siltgate:")
	version, _, _ = strings.Cut(version, "\n")
	require.Contains(t, block, "cosign verify "+strings.ReplaceAll(r.image(), "{{ .Version }}", version)+" ")

	// The workflow signs, by the tag that started it.
	workflow, path, _ := strings.Cut(block, "https://github.com/siltgate/siltgate/")
	require.Equal(t, "workflow=", workflow)
	path, _, _ = strings.Cut(path, "\n")
	require.FileExists(t, root+"/"+path)
	require.Equal(t, 2, strings.Count(block, "--certificate-identity $workflow@refs/tags/v"+version+" "))
}
