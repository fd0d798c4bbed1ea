package transport

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// What is counted, for whoever watches the service. No label holds anything of a caller or of a record.
var (
	requestsUnderWay = promauto.NewGauge(prometheus.GaugeOpts{
		Name: "dps_requests_under_way", Help: "GraphQL operations that are being answered.",
	})
	requestsShed = promauto.NewCounter(prometheus.CounterOpts{
		Name: "dps_requests_shed_total", Help: "GraphQL operations that were refused because too many were under way.",
	})
	errorsTold = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "dps_errors_total", Help: "Errors in answers, by code.",
	}, []string{"code"})
)

// requestIDHeader names a request. The program sets it in the answer before it asks this package.
const requestIDHeader = "X-Request-Id"

// tellErrors counts the errors of an answer, and names the request in each.
func tellErrors(w http.ResponseWriter, errs gqlerror.List) {
	for _, err := range errs {
		code, _ := err.Extensions["code"].(string)
		errorsTold.WithLabelValues(code).Inc()
		if id := w.Header().Get(requestIDHeader); id != "" && err.Extensions != nil {
			err.Extensions["requestId"] = id
		}
	}
}
