package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/siltgate/siltgate/internal/config"
)

func (p *program) healthcheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "healthcheck",
		Short: "Ask this replica's /readyz; for containers without a shell",
		Long: p.reads(`Ask the replica on this machine for /readyz, and fail with its reasons if it is
not ready.`, "SILTGATE_HTTP_ADDR"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			addr, err := config.LoadHTTPAddr(p.environ)
			if err != nil {
				return err
			}
			return p.healthcheck(cmd.Context(), addr)
		},
	}
}

func (p *program) healthcheck(ctx context.Context, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", http.NoBody)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask for health: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return fmt.Errorf("ask for health: %w", err)
	}
	body = printableJSON(body)
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", strings.TrimSpace(string(body)))
	}
	p.printf("%s\n", strings.TrimSpace(string(body)))
	return nil
}
