// Package tools holds what development needs and the product does not: the
// pinned linter, and the checks of the files that deploy.
package tools

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"
)

const root = ".."

func TestComposeStartsWorkersAfterAMigratedHealthyDatabase(t *testing.T) {
	services := loadCompose(t).Services

	require.NotNil(t, services["postgres"].HealthCheck)
	require.Equal(t, types.ServiceConditionHealthy, services["owner"].DependsOn["postgres"].Condition)
	require.Equal(t, types.ServiceConditionCompletedSuccessfully, services["migrate"].DependsOn["owner"].Condition)
	require.Equal(t, types.ServiceConditionCompletedSuccessfully, services["grants"].DependsOn["migrate"].Condition)
	require.Equal(t, types.ServiceConditionCompletedSuccessfully, services["worker"].DependsOn["grants"].Condition)
	require.Equal(t, types.ShellCommand{"migrate"}, services["migrate"].Command)
	require.Equal(t, types.ShellCommand{"run"}, services["worker"].Command)
	require.Empty(t, services["migrate"].Restart, "migrate runs once")
}

func TestComposeRunsThreeCheckedReplicas(t *testing.T) {
	worker := loadCompose(t).Services["worker"]

	require.Equal(t, 3, worker.GetScale())
	require.Equal(t, types.HealthCheckTest{"CMD", "/siltgate", "healthcheck"}, worker.HealthCheck.Test)
	require.NotNil(t, worker.Environment["SILTGATE_HTTP_ADDR"], "healthcheck asks the replica's listener")
	require.Empty(t, worker.Ports, "replicas cannot share a port of the host")
	require.Empty(t, worker.ContainerName, "replicas cannot share a name")
	require.NotNil(t, worker.StopGracePeriod)
}

func TestComposeGivesOurContainersNoPrivileges(t *testing.T) {
	services := loadCompose(t).Services

	for _, name := range []string{"migrate", "worker", "ui"} {
		require.True(t, services[name].ReadOnly, name)
		require.Equal(t, []string{"ALL"}, services[name].CapDrop, name)
		require.Contains(t, services[name].SecurityOpt, "no-new-privileges:true", name)
	}
}

func TestComposeGivesNoContainerOfOursTheSuperuser(t *testing.T) {
	services := loadCompose(t).Services

	for name, role := range map[string]string{"migrate": "siltgate_owner", "worker": "siltgate_worker", "ui": "siltgate_ui"} {
		require.Contains(t, *services[name].Environment["SILTGATE_DATABASE_URL"], "postgres://"+role+":", name)
		require.Nil(t, services[name].Environment["PGPASSWORD"], name)
	}
}

func TestComposeTakesVariablesFromTheEnvFile(t *testing.T) {
	for _, name := range []string{"migrate", "worker", "ui"} {
		require.Equal(t, []types.EnvFile{{Path: envFile(t), Required: false}}, loadCompose(t).Services[name].EnvFiles, name)
	}

	example, err := os.ReadFile(root + "/.env.example")
	require.NoError(t, err)
	all := regexp.MustCompile(`(?m)^#(\w+=)`).ReplaceAll(example, []byte("$1"))
	read, err := dotenv.UnmarshalBytesWithLookup(all, nil)
	require.NoError(t, err)
	require.Greater(t, len(read), 30)
	require.Equal(t, "0 3 * * *", read["REFRESH_TOKEN_CLEANUP_CRON"], "without the quotes")
	require.Equal(t, "refresh_tokens", read["SILTGATE_TABLES_0_NAME"])
	require.Empty(t, read["SILTGATE_HTTP_ADDR"])
}

func envFile(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(root + "/.env")
	require.NoError(t, err)
	return path
}

func TestComposeScrapesTheReplicasBehindAProfile(t *testing.T) {
	monitoring := loadCompose(t).Services["prometheus"]

	require.Equal(t, []string{"monitoring"}, monitoring.Profiles)
	require.NotEmpty(t, monitoring.Ports)
	for _, port := range monitoring.Ports {
		require.Equal(t, "127.0.0.1", port.HostIP)
	}
}

func TestComposeKeepsThePageBehindAProfileAndAPassword(t *testing.T) {
	services := loadCompose(t).Services
	page := services["ui"]

	require.Equal(t, []string{"ui"}, page.Profiles)
	require.Equal(t, services["worker"].Image, page.Image, "our own image has the page")
	require.Equal(t, types.ShellCommand{"ui"}, page.Command)
	require.NotEmpty(t, *page.Environment["SILTGATE_UI_PASSWORD"])
	require.NotEmpty(t, page.Ports)
	for _, port := range page.Ports {
		require.Equal(t, "127.0.0.1", port.HostIP)
	}
}

func TestComposeMountsFilesThatExist(t *testing.T) {
	for name, service := range loadCompose(t).Services {
		for _, volume := range service.Volumes {
			if volume.Type == types.VolumeTypeBind {
				require.DirExists(t, volume.Source, name)
			}
		}
	}

	sql, err := filepath.Glob(root + "/deploy/compose/initdb/*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, sql)
}

func TestImagesAreNamedByTag(t *testing.T) {
	for name, service := range loadCompose(t).Services {
		requireTag(t, name, service.Image)
	}
	for arg, image := range dockerfileImages(t) {
		requireTag(t, arg, image)
	}
}

// A base image named in both files must be one image.
func TestComposeBuildsOnTheDockerfilesBaseImages(t *testing.T) {
	worker := loadCompose(t).Services["worker"]

	for arg, image := range dockerfileImages(t) {
		require.NotNil(t, worker.Build.Args[arg], arg)
		require.Equal(t, image, *worker.Build.Args[arg], arg)
	}
}

// loadCompose reads the file as `docker compose` does, with nothing set in the
// environment and every profile on.
func loadCompose(t *testing.T) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions(
		[]string{filepath.Join(root, "docker-compose.yml")},
		cli.WithName("siltgate"),
		cli.WithProfiles([]string{"*"}),
	)
	require.NoError(t, err)
	project, err := options.LoadProject(t.Context())
	require.NoError(t, err)
	return project
}

// dockerfileImages are the base images that the Dockerfile takes as build
// arguments, by argument.
func dockerfileImages(t *testing.T) map[string]string {
	t.Helper()
	dockerfile, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	require.NoError(t, err)

	images := map[string]string{}
	for _, match := range regexp.MustCompile(`(?m)^ARG (\w+_IMAGE)=(\S+)$`).FindAllStringSubmatch(string(dockerfile), -1) {
		images[match[1]] = match[2]
	}
	require.NotEmpty(t, images)
	for _, match := range regexp.MustCompile(`(?m)^FROM (?:--platform=\S+ )?(\S+)`).FindAllStringSubmatch(string(dockerfile), -1) {
		require.Contains(t, images, strings.Trim(match[1], "${}"), "a base image that is no build argument")
	}
	return images
}

func requireTag(t *testing.T, name, image string) {
	t.Helper()
	require.NotContains(t, image, "@", name)
	require.Regexp(t, `:[\w.-]+$`, image, name)
}
