package transport

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// What is counted, for whoever watches the service. No label holds anything of a caller or of a record.
var (
	requestsUnderWay = promauto.NewGauge(prometheus.GaugeOpts{
		Name: "dps_requests_under_way", Help: "GraphQL operations that are being answered.",
	})
	requestsShed = promauto.NewCounter(prometheus.CounterOpts{
		Name: "dps_requests_shed_total", Help: "GraphQL operations that were refused because too many were under way.",
	})
	requestSeconds = promauto.NewHistogramVec(prometheus.HistogramOpts{
		Name: "dps_request_seconds", Help: "How long GraphQL operations and documents took, by outcome.",
		Buckets: []float64{.002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30},
	}, []string{"kind", "outcome"})
)
