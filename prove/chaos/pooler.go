package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/southeasttogether/dps/demo"
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

// runPooler puts pgbouncer between the service and PostgreSQL. What callers are told must be so, and nobody may be shown what another
// person whose transaction used the same connection can see.
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
	c.database.Retarget("tcp", address)
	var shown leaks
	c.load = startLoad(c.ground, c.history, c.server.endpoint())
	watched := c.watchLeaks(ctx, &shown)
	for range t.count(2, 20) {
		if err = t.enough(ctx, c); err != nil {
			break
		}
	}
	c.load.stop()
	<-watched
	if err != nil {
		return fmt.Errorf("behind the pooler: %w: %s", err, c.server.Output)
	}
	v, err := judge(ctx, c)
	for _, findings := range [][]string{v.Lost, v.Doubled, v.HalfDone, v.WrongSuccess, shown.words} {
		t.addFindings("chaos.pooler_wrong", findings)
	}
	return err
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

// leaks are what somebody was shown who can see none of it.
type leaks struct {
	mu    sync.Mutex
	words []string
}

// watchLeaks lets a provider that was invited to nothing look for needs until the load is stopped. It gives a channel that closes then.
func (c *crew) watchLeaks(ctx context.Context, shown *leaks) <-chan struct{} {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		client := demo.Client{URL: c.server.endpoint()}
		for !c.load.isStopped() {
			reply, err := client.Do(ctx, demo.Credential{Authorization: c.tokens[demo.Winner]},
				"{ needs(first: 5) { edges { node { id } } } }", nil)
			if err == nil && len(reply.Data.At("needs.edges").All()) > 0 {
				shown.mu.Lock()
				shown.words = append(shown.words, "a provider was shown a draft")
				shown.mu.Unlock()
			}
			<-time.After(retryPause)
		}
	}()
	return ended
}
