package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// roundSample is what one contender did in one round.
type roundSample struct {
	requests     int
	duration     time.Duration
	times        []time.Duration
	server, data time.Duration // CPU of the service and of PostgreSQL
	allocated    int64         // bytes, where the service tells
}

// contender is a service that runs on the same machine as the measurement.
type contender struct {
	name, address string
	command       *exec.Cmd
	output        bytes.Buffer
	garbage       garbageCounter
	ready         time.Duration // from its start to its first answer
	ended         chan error
}

// startContender starts a program and waits until something answers at its address.
func startContender(name, address string, command *exec.Cmd) (*contender, error) {
	p := &contender{name: name, address: address, command: command, ended: make(chan error, 1)}
	notes, write := io.Pipe()
	command.Stdout, command.Stderr = write, write
	began := time.Now()
	if err := command.Start(); err != nil {
		return nil, err
	}
	go func() {
		ended := make(chan error, 1)
		go func() { ended <- errors.Join(command.Wait(), write.Close()) }()
		p.garbage.readTraces(notes, &p.output)
		p.ended <- <-ended
	}()
	for {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			p.ready = time.Since(began)
			return p, nil
		}
		select {
		case err := <-p.ended:
			return nil, fmt.Errorf("%s ended: %w: %s", name, err, p.output.String())
		case <-time.After(2 * time.Millisecond):
		}
		if time.Since(began) > time.Minute {
			return nil, errors.Join(fmt.Errorf("%s does not answer", name), command.Process.Kill())
		}
	}
}

// stopContender ends a program and waits until it is gone, because the next one may need its address.
func (p *contender) stopContender() {
	_ = p.command.Process.Kill()
	<-p.ended //nolint:errcheck // it says that it was killed
}

// serveDPS starts the service as in production: policy, row security, limits and log are on. Nobody is told to come
// back later.
func (p *dataset) serveDPS(binary string) (*contender, error) {
	const address = "127.0.0.1:5571"
	command := exec.Command(binary, "serve", "--address", address, "--database-url", p.databaseURL("dps_api"), "--keys", p.keysFile(),
		"--development-key", p.signingKeyFile(), "--work-per-second", "0")
	command.Env = append(os.Environ(), "GODEBUG=gctrace=1")
	return startContender("dps", address, command)
}

// servePostGraphile starts the peer, which `make bench` has fetched.
func (p *dataset) servePostGraphile(folder string) (*contender, error) {
	const port = "5572"
	public, err := x509.MarshalPKIXPublicKey(p.key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	url := fmt.Sprintf("postgresql://dps_api@/%s?host=%s", databaseName, p.socketFolder())
	command := exec.Command(filepath.Join(folder, "node_modules/.bin/node"), filepath.Join(folder, "server.mjs"), url, port,
		base64.StdEncoding.EncodeToString(public))
	command.Env = append(os.Environ(), "GRAPHILE_ENV=production", "NODE_ENV=production")
	return startContender("PostGraphile", "127.0.0.1:"+port, command)
}

// measureRound drives a program for one round.
func (p *contender) measureRound(ctx context.Context, at *dataset, d loadDriver) (roundSample, error) {
	d.address = p.address
	server, data, allocated := cpuTime(p.command.Process.Pid), at.cpuOfPostgreSQL(), p.garbage.allocated.Load()
	began := time.Now()
	took, err := d.runLoad(ctx)
	if err != nil {
		return roundSample{}, fmt.Errorf("%s: %w", p.name, err)
	}
	return roundSample{
		len(took), time.Since(began), took, cpuTime(p.command.Process.Pid) - server, at.cpuOfPostgreSQL() - data,
		p.garbage.allocated.Load() - allocated,
	}, nil
}

var transactionsDone = regexp.MustCompile(`number of transactions actually processed: (\d+)`)

// runFloor runs pgbench for one round: prepared statements, as the same login.
func (p *dataset) runFloor(ctx context.Context, o operation, connections int, length time.Duration) (roundSample, error) {
	folder, err := os.MkdirTemp("", "floor-")
	if err != nil {
		return roundSample{}, err
	}
	defer os.RemoveAll(folder)
	arguments := []string{
		"-h", p.socketFolder(), "-U", "dps_api", "-n", "-M", "prepared", "-c", strconv.Itoa(connections), "-T",
		strconv.Itoa(max(1, int(length.Seconds()))),
	}
	for i, script := range o.floorScripts {
		name := filepath.Join(folder, strconv.Itoa(i)+".sql")
		if err := os.WriteFile(name, []byte(script), 0o600); err != nil {
			return roundSample{}, err
		}
		arguments = append(arguments, "-f", name)
	}
	data, began := p.cpuOfPostgreSQL(), time.Now()
	said, err := exec.CommandContext(ctx, "pgbench", append(arguments, databaseName)...).CombinedOutput()
	found := transactionsDone.FindSubmatch(said)
	if err != nil || found == nil {
		return roundSample{}, fmt.Errorf("pgbench: %w\n%s", err, said)
	}
	count, _ := strconv.Atoi(string(found[1]))
	return roundSample{requests: count, duration: time.Since(began), data: p.cpuOfPostgreSQL() - data}, nil
}

// requestCost is the cost of one request in PostgreSQL, without the beginning of its transaction: statements of data,
// and the blocks that they touch.
type requestCost struct{ statements, blocks float64 }

// countTouched asks one after the other and reads what PostgreSQL counted under the roles of people.
func (p *dataset) countTouched(ctx context.Context, who *contender, d loadDriver) (requestCost, error) {
	d.address, d.connections, d.duration = who.address, 1, time.Second
	if _, err := p.admin.ExecContext(ctx, "SELECT peer.pg_stat_statements_reset()"); err != nil {
		return requestCost{}, err
	}
	took, err := d.runLoad(ctx)
	if err != nil {
		return requestCost{}, err
	}
	var calls, blocks float64
	err = p.admin.QueryRowContext(ctx, `SELECT coalesce(sum(s.calls), 0), coalesce(sum(s.shared_blks_hit + s.shared_blks_read), 0)
		FROM peer.pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid WHERE r.rolname LIKE 'dps\_%'
		AND r.rolname NOT IN ('dps_api', 'dps_worker', 'dps_owner')
		  AND s.query NOT LIKE '%dps.enter(%' AND s.query NOT LIKE '%set_config(el%'`).Scan(&calls, &blocks)
	return requestCost{calls / float64(len(took)), blocks / float64(len(took))}, err
}
