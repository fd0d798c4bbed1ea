package worlds_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/prove"
)

// TestTimingOfAnswersIsReported reports how well the time of an answer tells whether a sealed offer exists: Welch's t between two worlds,
// one
// with it and one without, asked in turn. It never fails: a machine that others use too has its own opinion. Leakage is
// usually suspected from 4.5 on.
func TestTimingOfAnswersIsReported(t *testing.T) {
	samples := prove.Scaled(0, 0, 20000)
	if samples == 0 {
		return
	}
	base := newScene(t)
	without, with := base.copyScene(t), base.copyScene(t)
	differences[0].apply(with)
	need := fields{"id": base.ids["kent"]}
	questions := []struct {
		who demo.Persona
		apiOperation
	}{
		{demo.Commissioner, apiOperation{
			"the need's offers",
			`query($id: ID!) { node(id: $id) { ... on Need { offersReceived offers { id } invitations { answer } } } }`, need, false, true,
		}},
		{bidsManagerOf(1), apiOperation{
			"a rival's need",
			`query($id: ID!) { node(id: $id) { ... on Need { invitations { answer } offers { id } } } }`, need, false, true,
		}},
		{bidsManagerOf(1), apiOperation{
			"a rival's offer", `query($id: ID!) { node(id: $id) { ... on Offer { id receipt } } }`,
			fields{"id": with.ids["hidden"]},
			false, true,
		}},
	}
	random := prove.Random("worlds timing")
	for _, q := range questions {
		worlds, credential := []*scene{without, with}, with.credentialOf(q.who)
		took := [2][]float64{}
		for range samples / len(questions) {
			i := random.IntN(2)
			begin := time.Now()
			worlds[i].fullReply(credential, q.apiOperation)
			took[i] = append(took[i], float64(time.Since(begin)))
		}
		raw, cropped := welchT(took[0], took[1]), welchT(dropSlowest(took))
		t.Logf("%s, %s: |t| %.2f over %d and %d samples, %.2f without the slowest tenth", q.who, q.name, raw, len(took[0]), len(took[1]), cropped)
	}
}

// welchT is |t| of Welch's test.
func welchT(one, other []float64) float64 {
	m1, v1 := meanAndVariance(one)
	m2, v2 := meanAndVariance(other)
	return math.Abs(m1-m2) / math.Sqrt(v1/float64(len(one))+v2/float64(len(other)))
}

func meanAndVariance(all []float64) (mean, variance float64) {
	for _, x := range all {
		mean += x / float64(len(all))
	}
	for _, x := range all {
		variance += (x - mean) * (x - mean) / float64(len(all)-1)
	}
	return mean, variance
}

// dropSlowest leaves out what took longer than nine in ten of all.
func dropSlowest(took [2][]float64) (one, other []float64) {
	pooled := slices.Sorted(slices.Values(slices.Concat(took[0], took[1])))
	most := pooled[len(pooled)*9/10]
	slow := func(x float64) bool { return x > most }
	return slices.DeleteFunc(slices.Clone(took[0]), slow), slices.DeleteFunc(slices.Clone(took[1]), slow)
}
