package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/southeasttogether/dps/postgres"
	"github.com/southeasttogether/dps/prove/chaos/machine"
)

// poolerConfig lends each connection to PostgreSQL for one transaction, to whoever comes next, and has fewer of them than the
// service opens. What the service sets when it connects is the pooler's to set.
const poolerConfig = `[databases]
%[1]s = host=%[2]s port=5432 dbname=%[1]s connect_query='SET search_path = dps'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %[3]s
unix_socket_dir =
auth_type = trust
auth_file = %[4]s
pool_mode = transaction
default_pool_size = 3
max_client_conn = 100
ignore_startup_parameters = extra_float_digits,statement_timeout,lock_timeout,idle_in_transaction_session_timeout,search_path,jit,%[5]s
`

// runPooler starts a service behind pgbouncer. It must refuse, and say why: it prepares its statements on the connections that it has.
func runPooler(ctx context.Context, t *trial) error {
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		t.skip("chaos.pooler_wrong", "no pgbouncer on the PATH")
		return nil
	}
	c, err := t.newCrew(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	c.load.stop()
	pooler, address, err := startPooler(c.primary, program, t.folder)
	if err != nil {
		return err
	}
	defer pooler.Kill()
	s, err := c.startServer(serveOptions{database: "postgres://dps_api@" + address + "/" + machine.DatabaseName + "?sslmode=disable"})
	if err != nil {
		return err
	}
	defer s.Kill()
	var accepted []string
	err = machine.WaitFor(ctx, "the end of a service behind a pooler", 15*time.Second, func(context.Context) bool { return s.HasEnded() })
	if err != nil || !strings.Contains(s.Output.String(), "pooler") {
		accepted = append(accepted, fmt.Sprintf("not refused: %v: %s", err, s.Output))
	}
	t.addFindings("chaos.pooler_wrong", accepted)
	return nil
}

func startPooler(at *machine.Cluster, program, folder string) (*machine.Process, string, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, "", err
	}
	_, port, _ := strings.Cut(address, ":")
	home := filepath.Join(folder, "pooler")
	config, users := filepath.Join(home, "pgbouncer.ini"), filepath.Join(home, "users")
	if err := errors.Join(
		os.Mkdir(home, 0o700),
		os.WriteFile(users, []byte("\"dps_api\" \"\"\n\"dps_worker\" \"\"\n"), 0o644),
		os.WriteFile(config, fmt.Appendf(nil, poolerConfig, machine.DatabaseName, at.Sockets(), port, users, "plan_cache_mode"), 0o644),
		postgres.GiveFolder(home),
	); err != nil {
		return nil, "", err
	}
	cmd := exec.Command(program, config)
	like, err := postgres.ProgramCommand(home, "postgres")
	if err != nil {
		return nil, "", err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: like.SysProcAttr.Credential, Pdeathsig: syscall.SIGKILL}
	p, err := machine.Start(cmd)
	return p, address, err
}
