package demo

import (
	"encoding/hex"
	"time"

	"github.com/google/uuid"
)

// ID is an id as clients see it.
func ID(kind string, of uuid.UUID) string { return kind + "_" + hex.EncodeToString(of[:]) }

// formatDay is a date as clients write it.
func formatDay(t time.Time) string { return t.Format(time.DateOnly) }
