package main

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/urfave/cli/v3"

	"github.com/southeasttogether/dps/policy"
)

// developmentIssuer names the issuer of tokens that are signed with a development key.
const developmentIssuer = "dps-development"

func tokenCommand() *cli.Command {
	return &cli.Command{
		Name:  "token",
		Usage: "sign a token with a development key, for a service that accepts it; never for a real market",
		Flags: []cli.Flag{
			textFlag(flagDevelopmentKey, "", "file with the development key; made if it does not exist"),
			textFlag(flagJWKS, "", "refuses to sign if this is set, because a real issuer is configured"),
			textFlag(flagIssuer, developmentIssuer, "issuer of the token"),
			textFlag(flagAudience, "dps", "audience of the token"),
			&cli.StringFlag{Name: "person", Usage: "person that the token is for"},
			&cli.StringFlag{Name: "organisation", Usage: "id (UUID) of the authority, consortium or provider"},
			&cli.StringSliceFlag{Name: "capacity", Usage: "capacity that the token gives; can be repeated"},
			&cli.IntFlag{Name: "epoch", Usage: "epoch of the token: older ones can be revoked"},
			&cli.DurationFlag{Name: "valid", Value: 8 * time.Hour, Usage: "how long it is valid"},
		},
		Action: issueToken,
	}
}

func issueToken(_ context.Context, c *cli.Command) error {
	if err := flagsOnly(c); err != nil {
		return err
	}
	if c.String(flagJWKS) != "" {
		return fmt.Errorf("a real issuer is configured (--%s): get a token from it, because none can be signed here", flagJWKS)
	}
	claims, err := readClaims(c)
	if err != nil {
		return err
	}
	path, err := requiredFlag(c, flagDevelopmentKey, "the key in it signs the token")
	if err != nil {
		return err
	}
	key, err := loadOrMakeDevelopmentKey(path)
	if err != nil {
		return err
	}
	token, err := policy.IssueDevelopment(key, claims)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.Root().Writer, token)
	return err
}

func readClaims(c *cli.Command) (policy.Claims, error) {
	organisation, err := uuid.Parse(c.String("organisation"))
	if err != nil {
		return policy.Claims{}, errors.New("--organisation must be the id (a UUID) of an authority, a consortium or a provider")
	}
	person, err := requiredFlag(c, "person", "a token must be for a person")
	if err != nil {
		return policy.Claims{}, err
	}
	claims := policy.Claims{
		Issuer: c.String(flagIssuer), Audience: c.String(flagAudience), Person: person, Organisation: organisation,
		Epoch: c.Int("epoch"), Expires: time.Now().Add(c.Duration("valid")),
	}
	for _, name := range c.StringSlice("capacity") {
		claims.Capacities = append(claims.Capacities, policy.Role(name))
	}
	return claims, checkCapacities(claims.Capacities)
}

func checkCapacities(named []policy.Role) error {
	if len(named) == 0 {
		return fmt.Errorf("enter at least one --capacity from %v", policy.Capacities)
	}
	for _, capacity := range named {
		if !isCapacity(capacity) {
			return fmt.Errorf("%q is not a capacity: choose one of %v", capacity, policy.Capacities)
		}
	}
	return nil
}

func isCapacity(r policy.Role) bool {
	for _, capacity := range policy.Capacities {
		if r == capacity {
			return true
		}
	}
	return false
}

const developmentKeyBlock = "PRIVATE KEY"

func loadDevelopmentKey(path string) (ed25519.PrivateKey, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the development key cannot be read: %w", err)
	}
	block, _ := pem.Decode(raw)
	if block == nil || block.Type != developmentKeyBlock {
		return nil, fmt.Errorf("the file %s does not contain a development key", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, fmt.Errorf("the file %s does not contain a development key", path)
	}
	return key, nil
}

// loadOrMakeDevelopmentKey reads the key or, if there is none, makes one that only its owner can read.
func loadOrMakeDevelopmentKey(path string) (ed25519.PrivateKey, error) {
	key, err := loadDevelopmentKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if _, key, err = ed25519.GenerateKey(nil); err != nil {
		return nil, fmt.Errorf("development key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("development key: %w", err)
	}
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: developmentKeyBlock, Bytes: der}), 0o600); err != nil {
		return nil, fmt.Errorf("the development key cannot be written: %w", err)
	}
	return key, nil
}

func publicHalf(key ed25519.PrivateKey) ed25519.PublicKey { return key.Public().(ed25519.PublicKey) }
